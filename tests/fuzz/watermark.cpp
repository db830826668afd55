// The watermark file: a mark, nothing, or damage; and it can be written again unless it is damaged.
#include "fuzz.hpp"

#include "storage/watermark.hpp"
#include "trust/memory_disk.hpp"

namespace palabre::fuzz {

void look_at(std::string_view input) {
  const auto disk = std::make_shared<trust::memory_disk>();
  disk->set_bytes("/data/mark", std::string(input));
  const auto read = storage::watermark::read("/data/mark", disk);
  auto opened = storage::watermark::open("/data/mark", disk);
  PALABRE_ASSERT(read.has_value() == opened.has_value());
  if (!read) {
    PALABRE_ASSERT(read.error().code == errc::corrupt);
    return;
  }
  storage::acked_mark next;
  next.head.value = 42;
  next.epoch = "abcdefgh";
  PALABRE_ASSERT(opened.value().write(next));
  PALABRE_ASSERT(storage::watermark::read("/data/mark", disk).value()->head.value == 42);
}

} // namespace palabre::fuzz
