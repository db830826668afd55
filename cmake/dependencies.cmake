# Every library comes from Debian 12's packages; docs/dependencies.md says what each is for.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(RocksDB 7.8 REQUIRED)
find_package(simdjson 3 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(ICU 72 REQUIRED COMPONENTS i18n uc)
find_package(tomlplusplus 3 REQUIRED)
find_package(CLI11 2 REQUIRED)

# Packages that ship a library and a header, but nothing for CMake.
function(palabre_import target header library)
  find_path(${library}_include ${header} REQUIRED)
  find_library(${library}_library ${library} REQUIRED)
  add_library(${target} SHARED IMPORTED)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION ${${library}_library}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${${library}_include})
endfunction()
palabre_import(caf::core caf/all.hpp caf_core)
palabre_import(argon2::argon2 argon2.h argon2)
palabre_import(sodium::sodium sodium.h sodium)
palabre_import(jwt::jwt jwt.h jwt)
palabre_import(brotli::enc brotli/encode.h brotlienc)
palabre_import(brotli::dec brotli/decode.h brotlidec)
palabre_import(prometheus::core prometheus/text_serializer.h prometheus-cpp-core) # its own files want cURL and civetweb
palabre_import(xapian::xapian xapian.h xapian)
palabre_import(mimalloc::mimalloc mimalloc.h mimalloc)
