#include "storage/watermark.hpp"

#include "base/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace palabre::storage {
namespace {

// A slot: magic, turn, head, hash, epoch, boot, clean, then the first 16 bytes of the SHA-256 of all that. Slots lie in
// different pages, so that no single torn write reaches both.
constexpr std::string_view magic = "PALM";
constexpr std::size_t epoch_bytes = 8;
constexpr std::size_t sum_bytes = 16;
constexpr std::size_t slot_bytes = 4 + 8 + 8 + 32 + epoch_bytes + 16 + 1 + sum_bytes;
constexpr std::size_t slot_distance = 4096;

struct slot {
  std::uint64_t turn = 0;
  acked_mark mark;
};

error failed(const std::string& doing) {
  return {errc::io, doing + ": " + std::strerror(errno)};
}

std::string encode_slot(std::uint64_t turn, const acked_mark& mark) {
  std::string out{magic};
  out.reserve(slot_bytes);
  put_int(out, turn);
  put_int(out, mark.head.value);
  out += as_bytes(mark.hash);
  std::string epoch = mark.epoch;
  epoch.resize(epoch_bytes);
  out += epoch;
  out += as_bytes(mark.boot);
  out += static_cast<char>(mark.clean);
  out += as_bytes(shortened(sha256(out)));
  return out;
}

std::optional<slot> decode_slot(std::string_view bytes) {
  if (bytes.size() != slot_bytes) return std::nullopt;
  const std::string_view summed = bytes.substr(0, slot_bytes - sum_bytes);
  if (as_bytes(shortened(sha256(summed))) != bytes.substr(slot_bytes - sum_bytes)) return std::nullopt;
  byte_reader from{summed};
  if (from.take(magic.size()) != magic) return std::nullopt;
  slot s;
  s.turn = from.integer<std::uint64_t>();
  s.mark.head.value = from.integer<std::uint64_t>();
  std::memcpy(s.mark.hash.data(), from.take(32).data(), 32);
  s.mark.epoch = from.take(epoch_bytes);
  std::memcpy(s.mark.boot.data(), from.take(16).data(), 16);
  s.mark.clean = from.integer<std::uint8_t>() != 0;
  return s;
}

result<std::string> read_at(int file, std::size_t offset) {
  std::string bytes(slot_bytes, '\0');
  ssize_t got;
  do got = pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  while (got < 0 && errno == EINTR);
  if (got < 0) return failed("watermark: read");
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

/// The newer of the valid slots; nullopt: an empty file.
result<std::optional<slot>> newest(int file) {
  PALABRE_TRY(const std::string first, read_at(file, 0));
  PALABRE_TRY(const std::string second, read_at(file, slot_distance));
  const std::optional<slot> a = decode_slot(first), b = decode_slot(second);
  if (a && b) return a->turn > b->turn ? a : b;
  if (a || b) return a ? a : b;
  if (first.empty() && second.empty()) return std::optional<slot>{};
  return error{errc::corrupt, "watermark: neither of its slots is valid"};
}

/// Makes the name of a new file durable.
result<void> sync_directory_of(const std::string& path) {
  const std::string parent = std::filesystem::absolute(path).parent_path().string();
  const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return failed(parent);
  const bool done = fsync(directory) == 0;
  close(directory);
  if (!done) return failed(parent);
  return success();
}

} // namespace

result<watermark> watermark::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return failed(path);
  watermark opened{file};
  PALABRE_TRY(const std::optional<slot> last, newest(file));
  if (last) opened.turn_ = last->turn + 1;
  if (!last) {
    PALABRE_TRY(sync_directory_of(path));
  }
  return opened;
}

watermark::watermark(watermark&& other) noexcept : file_(std::exchange(other.file_, -1)), turn_(other.turn_) {}

watermark& watermark::operator=(watermark&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(turn_, other.turn_);
  return *this;
}

watermark::~watermark() {
  if (file_ >= 0) close(file_);
}

result<std::optional<acked_mark>> watermark::read(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::optional<acked_mark>{};
  if (file < 0) return failed(path);
  const auto last = newest(file);
  close(file);
  if (!last) return error{last.error().code, path + ": " + last.error().context};
  if (!last.value()) return std::optional<acked_mark>{};
  return std::optional<acked_mark>{last.value()->mark};
}

result<void> watermark::write(const acked_mark& mark) {
  const std::string bytes = encode_slot(turn_, mark);
  const off_t offset = turn_ % 2 == 0 ? 0 : slot_distance;
  ssize_t written;
  do written = pwrite(file_, bytes.data(), bytes.size(), offset);
  while (written < 0 && errno == EINTR);
  if (written < 0) return failed("watermark: write");
  if (static_cast<std::size_t>(written) != bytes.size()) return error{errc::io, "watermark: written only in part"};
  ++turn_;
  return success();
}

result<void> watermark::sync() {
  if (fdatasync(file_) != 0) return failed("watermark: sync");
  return success();
}

short_digest machine_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  if (!(file >> id)) return {};
  return shortened(sha256(id));
}

} // namespace palabre::storage
