// The entry that libFuzzer calls.
#include "fuzz.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  palabre::fuzz::look_at({reinterpret_cast<const char*>(data), size});
  return 0;
}
