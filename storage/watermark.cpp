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
// different pages, so that no single torn write reaches two.
constexpr std::string_view magic = "PALM";
constexpr std::size_t epoch_bytes = 8;
constexpr std::size_t slot_sum_bytes = 16;
constexpr std::size_t slot_bytes = 4 + 8 + 8 + 32 + epoch_bytes + 16 + 1 + slot_sum_bytes;
constexpr std::size_t slot_distance = 4096;
constexpr std::size_t slots = 3;

struct slot {
  std::size_t place = 0;
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
  const std::string_view summed = bytes.substr(0, slot_bytes - slot_sum_bytes);
  if (as_bytes(shortened(sha256(summed))) != bytes.substr(slot_bytes - slot_sum_bytes)) return std::nullopt;
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

/// The newest of the valid slots; nullopt: an empty file.
template <class File>
result<std::optional<slot>> newest(const File& file) {
  std::optional<slot> best;
  bool empty = true;
  for (std::size_t place = 0; place < slots; ++place) {
    PALABRE_TRY(const std::string bytes, read_at(file, place * slot_distance));
    empty = empty && bytes.empty();
    std::optional<slot> found = decode_slot(bytes);
    if (!found || (best && best->turn > found->turn)) continue;
    best = std::move(found);
    best->place = place;
  }
  if (!best && !empty) return error{errc::corrupt, "watermark: none of its slots is valid"};
  return best;
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

watermark::watermark(disk_ptr disk, std::string path) : disk_(std::move(disk)), path_(std::move(path)) {}
watermark::watermark(watermark&& other) noexcept = default;
watermark& watermark::operator=(watermark&& other) noexcept = default;
watermark::~watermark() = default;

result<watermark> watermark::open(const std::string& path, const disk_ptr& disk) {
  watermark opened{given_or_default(disk), path};
  PALABRE_TRY(const bool is_there, exists(*opened.disk_, path));
  if (!is_there) return opened;
  PALABRE_TRY(opened.file_, open_existing(*opened.disk_, path));
  PALABRE_TRY(const std::optional<slot> newest_slot, newest(*opened.file_));
  if (!newest_slot) { // an empty file: as good as none
    opened.file_.reset();
    return opened;
  }
  opened.turn_ = newest_slot->turn + 1;
  opened.last_ = newest_slot->place;
  PALABRE_TRY(opened.sync()); // whoever wrote it may not have
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

/// Under another name first: a file of this name always has a valid slot.
result<void> watermark::create(const std::string& first_slot) {
  const std::string draft = path_ + ".new";
  const rocksdb::IOOptions plain;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = disk_->NewWritableFile(draft, rocksdb::FileOptions{}, &file, nullptr);
  if (status.ok()) status = file->Append(first_slot, plain, nullptr);
  if (status.ok()) status = file->Sync(plain, nullptr);
  if (status.ok()) status = file->Close(plain, nullptr);
  if (status.ok()) status = disk_->RenameFile(draft, path_, plain, nullptr);
  if (!status.ok()) return failed(draft, status);
  PALABRE_TRY(sync_directory_of(*disk_, path_));
  PALABRE_TRY(file_, open_existing(*disk_, path_));
  return success();
}

std::size_t watermark::next_slot() const {
  return last_ == synced_ ? (synced_ + 1) % slots : slots - synced_ - last_;
}

result<void> watermark::write(const acked_mark& mark) {
  const std::string bytes = encode_slot(turn_, mark);
  if (file_) {
    const std::size_t place = next_slot();
    const auto status = file_->Write(place * slot_distance, bytes, rocksdb::IOOptions{}, nullptr);
    if (!status.ok()) return failed("watermark: write", status);
    last_ = place;
  } else {
    PALABRE_TRY(create(bytes));
  }
  ++turn_;
  return success();
}

result<void> watermark::sync() {
  if (!file_) return success();
  const auto status = file_->Sync(rocksdb::IOOptions{}, nullptr);
  if (!status.ok()) return failed("watermark: sync", status);
  synced_ = last_;
  return success();
}

short_digest machine_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  if (!(file >> id)) return {};
  return shortened(sha256(id));
}

} // namespace palabre::storage
