# Writes OUTPUT, a C++ source with the bytes of PAGES (a list, separated by commas): http/pages.hpp shows them. Strings of
# escapes, because a compiler's cache sees through them, as it does not through .incbin.
set(media_html "text/html; charset=utf-8")
set(media_css "text/css; charset=utf-8")
set(media_js "text/javascript; charset=utf-8")
set(media_svg "image/svg+xml")
set(media_txt "text/plain; charset=utf-8")

string(REPLACE "," ";" PAGES "${PAGES}")
set(entries "")
foreach(path IN LISTS PAGES)
  get_filename_component(name ${path} NAME)
  get_filename_component(ending ${path} LAST_EXT)
  string(SUBSTRING ${ending} 1 -1 ending)
  if(NOT DEFINED media_${ending})
    message(FATAL_ERROR "${path}: what is served as ${ending}?")
  endif()
  file(SIZE ${path} size)
  file(SHA256 ${path} digest)
  string(SUBSTRING ${digest} 0 24 digest)
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(APPEND entries
    "    {\"${name}\", \"${media_${ending}}\", \"\\\"${digest}\\\"\", {\"${bytes}\", ${size}}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by cmake/embed_pages.cmake.\n#include \"http/pages.hpp\"\n
namespace palabre::http {\nnamespace {\n\nconstexpr embedded_page pages[] = {\n${entries}};\n\n} // namespace\n
std::span<const embedded_page> embedded_pages() {\n  return pages;\n}\n\n} // namespace palabre::http\n")
