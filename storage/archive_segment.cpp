#include "storage/archive_segment.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace palabre::storage {
namespace {

constexpr std::string_view magic = "PALSEG1\n";
constexpr std::size_t header_bytes = 8 + stream_id_bytes + 8 + 8;
constexpr std::size_t sum_bytes = 32;
constexpr std::size_t write_bytes = 256 * 1024;
constexpr std::size_t record_bytes_max = 4 * limits::event_bytes_max; ///< a record is less; more is damage

error failed(const std::string& path) {
  return {errc::io, path + ": " + std::strerror(errno)};
}

std::string header_of(const segment_name& name) {
  std::string out{magic};
  append_bytes(out, name.stream);
  put_int(out, name.first);
  put_int(out, name.last);
  return out;
}

/// Exactly so many bytes; nullopt: the file ends before.
result<std::optional<std::string>> read_at(int file, std::size_t size, std::uint64_t offset, const std::string& path) {
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(file, bytes.data(), size, static_cast<off_t>(offset));
  if (got < 0) return failed(path);
  if (static_cast<std::size_t>(got) != size) return std::optional<std::string>{};
  return std::optional(std::move(bytes));
}

/// S of the next record.
sha256_digest sum_behind(const sha256_digest& before, const sha256_digest& hash) {
  std::string both{as_bytes(before)};
  both += as_bytes(hash);
  return sha256(both);
}

/// Whether the file is as long as its index says, and of this name.
result<bool> is_whole(int file, const segment_name& name, const std::string& path) {
  PALABRE_TRY(const auto header, read_at(file, header_bytes, 0, path));
  return header && *header == header_of(name);
}

result<std::uint64_t> index_offset(int file, const segment_name& name, const std::string& path) {
  struct stat about {};
  if (::fstat(file, &about) != 0) return failed(path);
  const std::uint64_t behind = (name.last - name.first + 1) * 8 + sum_bytes;
  if (static_cast<std::uint64_t>(about.st_size) < header_bytes + behind)
    return error{errc::corrupt, path + " is cut off"};
  return static_cast<std::uint64_t>(about.st_size) - behind;
}

} // namespace

// ---- Writing

result<segment_writer> segment_writer::create(const std::string& directory, const segment_name& name) {
  std::string path = directory + "/" + file_name_of(name);
  const int file = ::open((path + ".new").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(path);
  segment_writer made(std::move(path), file, name);
  PALABRE_TRY(made.put(header_of(name)));
  return made;
}

segment_writer::segment_writer(std::string path, int file, const segment_name& name)
    : path_(std::move(path)), file_(file), name_(name), sum_(sha256(header_of(name))) {}

segment_writer::segment_writer(segment_writer&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), name_(other.name_),
      pending_(std::move(other.pending_)), size_(other.size_), offsets_(std::move(other.offsets_)), sum_(other.sum_) {}

segment_writer::~segment_writer() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink((path_ + ".new").c_str());
}

result<void> segment_writer::put(std::string_view bytes) {
  pending_ += bytes;
  size_ += bytes.size();
  if (pending_.size() >= write_bytes) return write();
  return success();
}

result<void> segment_writer::write() {
  for (std::string_view rest = pending_; !rest.empty();) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  pending_.clear();
  return success();
}

result<void> segment_writer::add(const committed_record& r) {
  PALABRE_ASSERT(r.view.stream == name_.stream && r.view.version == name_.first + offsets_.size());
  offsets_.push_back(size_);
  std::string length;
  put_int(length, static_cast<std::uint32_t>(r.stored.size()));
  PALABRE_TRY(put(length));
  sum_ = sum_behind(sum_, r.hash);
  return put(r.stored);
}

result<void> segment_writer::finish() {
  PALABRE_ASSERT(name_.first + offsets_.size() == name_.last + 1);
  std::string end;
  for (const std::uint64_t offset : offsets_) put_int(end, offset);
  end += as_bytes(sum_);
  PALABRE_TRY(put(end));
  PALABRE_TRY(write());
  if (::fsync(file_) != 0 || ::rename((path_ + ".new").c_str(), path_.c_str()) != 0) return failed(path_);
  ::close(std::exchange(file_, -1));
  return sync_directory(std::filesystem::path(path_).parent_path());
}

// ---- Reading

namespace {

result<segment_name> read_header(int file, const std::string& path) {
  PALABRE_TRY(const auto found, read_at(file, header_bytes, 0, path));
  const std::string header = found.value_or(std::string{});
  if (!header.starts_with(magic)) return error{errc::corrupt, path + " is no segment"};
  byte_reader in(std::string_view(header).substr(magic.size()));
  segment_name name;
  name.stream.kind = static_cast<char>(in.integer<std::uint8_t>());
  name.stream.id = uuid_from_bytes(in.take(16).data());
  name.first = in.integer<std::uint64_t>();
  name.last = in.integer<std::uint64_t>();
  if (std::filesystem::path(path).filename() != file_name_of(name) || name.first > name.last)
    return error{errc::corrupt, path + " is not the segment that it is called"};
  return name;
}

} // namespace

result<void> check_segment(const std::string& path) {
  const file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed(path);
  PALABRE_TRY(const segment_name name, read_header(file.get(), path));
  PALABRE_TRY(const std::uint64_t index, index_offset(file.get(), name, path));
  std::uint64_t at = header_bytes;
  sha256_digest sum = sha256(header_of(name));
  for (stream_version version = name.first; version <= name.last; ++version) {
    const error damaged{errc::corrupt, path + " is damaged at version " + std::to_string(version)};
    PALABRE_TRY(const auto entry, read_at(file.get(), 8, index + (version - name.first) * 8, path));
    PALABRE_TRY(const auto length, read_at(file.get(), 4, at, path));
    if (!entry || !length || get_int<std::uint64_t>(entry->data()) != at) return damaged;
    const auto size = get_int<std::uint32_t>(length->data());
    if (size > record_bytes_max || at + 4 + size > index) return damaged;
    PALABRE_TRY(const auto stored, read_at(file.get(), size, at + 4, path));
    if (!stored) return damaged;
    sum = sum_behind(sum, hash_of(*stored));
    at += 4 + size;
  }
  PALABRE_TRY(const auto end, read_at(file.get(), sum_bytes, index + (name.last - name.first + 1) * 8, path));
  if (at != index || !end || *end != as_bytes(sum)) return error{errc::corrupt, path + " is not what its sum says"};
  return success();
}

std::vector<std::string> segments_in(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator(directory, none))
    if (file.path().extension() == ".segment") found.push_back(file.path().string());
  std::sort(found.begin(), found.end());
  return found;
}

std::string archive_directory(const std::string& log_directory) {
  return std::filesystem::absolute(log_directory).parent_path() / "archive";
}

segment_archive::~segment_archive() {
  for (const auto& [name, file] : files_) ::close(file);
}

result<int> segment_archive::open(const segment_name& name) {
  if (const auto found = files_.find(name); found != files_.end()) return found->second;
  const std::string path = path_of(name);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return -1;
  if (file < 0) return failed(path);
  const auto whole = is_whole(file, name, path);
  if (!whole || !whole.value()) {
    ::close(file);
    if (!whole) return whole.error();
    return error{errc::corrupt, path + " is not the segment that it is called"};
  }
  if (files_.size() >= open_max) {
    ::close(files_.begin()->second);
    files_.erase(files_.begin());
  }
  files_.emplace(name, file);
  return file;
}

result<std::optional<std::string>> segment_archive::read(const segment_name& name, stream_version version) {
  const std::string path = path_of(name);
  const error damaged{errc::corrupt, path + " is damaged at version " + std::to_string(version)};
  if (version < name.first || version > name.last) return damaged;
  const std::lock_guard lock(mutex_);
  PALABRE_TRY(const int file, open(name));
  if (file < 0) return std::optional<std::string>{};
  PALABRE_TRY(const std::uint64_t index, index_offset(file, name, path));
  PALABRE_TRY(const auto entry, read_at(file, 8, index + (version - name.first) * 8, path));
  if (!entry) return damaged;
  const auto offset = get_int<std::uint64_t>(entry->data());
  PALABRE_TRY(const auto length, read_at(file, 4, offset, path));
  if (!length || offset >= index) return damaged;
  const auto size = get_int<std::uint32_t>(length->data());
  if (size > record_bytes_max || offset + 4 + size > index) return damaged;
  PALABRE_TRY(auto stored, read_at(file, size, offset + 4, path));
  if (!stored) return damaged;
  return stored;
}

} // namespace palabre::storage
