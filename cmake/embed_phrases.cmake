# Writes OUTPUT, a C++ source with the text of PHRASES (a list, separated by commas): seed/phrase_sources.hpp shows them.
string(REPLACE "," ";" PHRASES "${PHRASES}")
set(entries "")
foreach(path IN LISTS PHRASES)
  get_filename_component(name ${path} NAME_WE)
  file(SIZE ${path} size)
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(APPEND entries "    {\"${name}\", {\"${bytes}\", ${size}}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by cmake/embed_phrases.cmake.\n#include \"seed/phrase_sources.hpp\"\n
namespace palabre::seed {\nnamespace {\n\nconstexpr phrase_source sources[] = {\n${entries}};\n\n} // namespace\n
std::span<const phrase_source> phrase_sources() {\n  return sources;\n}\n\n} // namespace palabre::seed\n")
