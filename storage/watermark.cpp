#include "storage/watermark.hpp"

#include "base/bytes.hpp"

#include <rocksdb/file_system.h>

#include <cstring>
#include <filesystem>
#include <fstream>
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

using disk_ptr = std::shared_ptr<rocksdb::FileSystem>;
using file_ptr = std::unique_ptr<rocksdb::FSRandomRWFile>;

error failed(const std::string& doing, const rocksdb::IOStatus& status) {
  return {errc::io, doing + ": " + status.ToString()};
}

disk_ptr given_or_default(const disk_ptr& disk) {
  return disk ? disk : rocksdb::FileSystem::Default();
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

template <class File>
result<std::string> read_at(const File& file, std::size_t offset) {
  std::string bytes(slot_bytes, '\0');
  rocksdb::Slice got;
  const auto status = file.Read(offset, bytes.size(), rocksdb::IOOptions{}, &got, bytes.data(), nullptr);
  if (!status.ok()) return failed("watermark: read", status);
  return got.ToString();
}

/// The newer of the valid slots; nullopt: an empty file.
template <class File>
result<std::optional<slot>> newest(const File& file) {
  PALABRE_TRY(const std::string first, read_at(file, 0));
  PALABRE_TRY(const std::string second, read_at(file, slot_distance));
  const std::optional<slot> a = decode_slot(first), b = decode_slot(second);
  if (a && b) return a->turn > b->turn ? a : b;
  if (a || b) return a ? a : b;
  if (first.empty() && second.empty()) return std::optional<slot>{};
  return error{errc::corrupt, "watermark: neither of its slots is valid"};
}

result<bool> exists(rocksdb::FileSystem& disk, const std::string& path) {
  const auto status = disk.FileExists(path, rocksdb::IOOptions{}, nullptr);
  if (!status.ok() && !status.IsNotFound()) return failed(path, status);
  return status.ok();
}

result<file_ptr> open_existing(rocksdb::FileSystem& disk, const std::string& path) {
  file_ptr file;
  const auto status = disk.NewRandomRWFile(path, rocksdb::FileOptions{}, &file, nullptr);
  if (!status.ok()) return failed(path, status);
  return file;
}

result<file_ptr> create(rocksdb::FileSystem& disk, const std::string& path) {
  std::unique_ptr<rocksdb::FSWritableFile> made;
  auto status = disk.NewWritableFile(path, rocksdb::FileOptions{}, &made, nullptr);
  if (status.ok()) status = made->Close(rocksdb::IOOptions{}, nullptr);
  if (!status.ok()) return failed(path, status);
  return open_existing(disk, path);
}

/// Makes the name of a new file durable.
result<void> sync_directory_of(rocksdb::FileSystem& disk, const std::string& path) {
  const std::string parent = std::filesystem::absolute(path).parent_path().string();
  std::unique_ptr<rocksdb::FSDirectory> directory;
  auto status = disk.NewDirectory(parent, rocksdb::IOOptions{}, &directory, nullptr);
  if (status.ok()) status = directory->Fsync(rocksdb::IOOptions{}, nullptr);
  if (!status.ok()) return failed(parent, status);
  return success();
}

} // namespace

watermark::watermark(file_ptr file) : file_(std::move(file)) {}
watermark::watermark(watermark&& other) noexcept = default;
watermark& watermark::operator=(watermark&& other) noexcept = default;
watermark::~watermark() = default;

result<watermark> watermark::open(const std::string& path, const disk_ptr& given) {
  const disk_ptr disk = given_or_default(given);
  PALABRE_TRY(const bool is_there, exists(*disk, path));
  PALABRE_TRY(file_ptr file, is_there ? open_existing(*disk, path) : create(*disk, path));
  watermark opened{std::move(file)};
  PALABRE_TRY(const std::optional<slot> last, newest(*opened.file_));
  if (last) opened.turn_ = last->turn + 1;
  if (!last) {
    PALABRE_TRY(sync_directory_of(*disk, path));
  }
  return opened;
}

result<std::optional<acked_mark>> watermark::read(const std::string& path, const disk_ptr& given) {
  const disk_ptr disk = given_or_default(given);
  PALABRE_TRY(const bool is_there, exists(*disk, path));
  if (!is_there) return std::optional<acked_mark>{};
  std::unique_ptr<rocksdb::FSRandomAccessFile> file; // not to be written, perhaps not writable
  const auto status = disk->NewRandomAccessFile(path, rocksdb::FileOptions{}, &file, nullptr);
  if (!status.ok()) return failed(path, status);
  const auto last = newest(*file);
  if (!last) return error{last.error().code, path + ": " + last.error().context};
  if (!last.value()) return std::optional<acked_mark>{};
  return std::optional<acked_mark>{last.value()->mark};
}

result<void> watermark::write(const acked_mark& mark) {
  const std::string bytes = encode_slot(turn_, mark);
  const std::size_t offset = turn_ % 2 == 0 ? 0 : slot_distance;
  const auto status = file_->Write(offset, bytes, rocksdb::IOOptions{}, nullptr);
  if (!status.ok()) return failed("watermark: write", status);
  ++turn_;
  return success();
}

result<void> watermark::sync() {
  const auto status = file_->Sync(rocksdb::IOOptions{}, nullptr);
  if (!status.ok()) return failed("watermark: sync", status);
  return success();
}

short_digest machine_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  if (!(file >> id)) return {};
  return shortened(sha256(id));
}

} // namespace palabre::storage
