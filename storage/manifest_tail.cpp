#include "storage/manifest_tail.hpp"

#include "storage/rocksdb_instance.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>

#include <algorithm>

namespace palabre::storage {
namespace {

// RocksDB's format of logs (its Write-Ahead-Log-File-Format): blocks of 32 KiB; in them pieces of entries, each behind
// a header: masked CRC32C of kind and bytes, length, kind. A block's last bytes are left where no header fits.
constexpr std::size_t block_bytes = 32 * 1024;
constexpr std::size_t header_bytes = 7;
enum piece_kind : unsigned char { full = 1, first = 2, middle = 3, last = 4 };
/// Entries are synced one by one or a few together, far below this.
constexpr std::size_t torn_bytes_max = 64 * 1024;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

std::uint32_t masked_crc(std::string_view bytes) {
  const auto sum = rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator({});
  sum->Update(bytes.data(), bytes.size());
  sum->Finalize();
  const std::string big_endian = sum->GetChecksum();
  std::uint32_t crc = 0;
  for (const unsigned char byte : big_endian) crc = crc << 8 | byte;
  return (crc >> 15 | crc << 17) + 0xA282EAD8U;
}

struct piece {
  piece_kind kind;
  std::size_t end;
};

/// The whole piece that begins at `at`; nullopt: none does.
std::optional<piece> piece_at(std::string_view manifest, std::size_t at) {
  const std::size_t left = std::min(manifest.size() - at, block_bytes - at % block_bytes);
  if (left < header_bytes) return std::nullopt;
  const std::size_t length = number_at(manifest, at + 4, 2);
  const auto kind = static_cast<unsigned char>(manifest[at + 6]);
  if (kind < full || kind > last || header_bytes + length > left) return std::nullopt;
  if (masked_crc(manifest.substr(at + 6, 1 + length)) != number_at(manifest, at, 4)) return std::nullopt;
  return piece{static_cast<piece_kind>(kind), at + header_bytes + length};
}

/// Where the next piece begins.
std::size_t behind_filling(std::size_t at) {
  const std::size_t left = block_bytes - at % block_bytes;
  return left < header_bytes ? at + left : at;
}

bool has_piece_behind(std::string_view manifest, std::size_t at) {
  for (std::size_t i = at + 1; i + header_bytes <= manifest.size(); ++i)
    if (piece_at(manifest, i)) return true;
  return false;
}

class shortened_file final : public rocksdb::FSSequentialFileOwnerWrapper {
public:
  shortened_file(std::unique_ptr<rocksdb::FSSequentialFile>&& file, std::size_t size)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(size) {}

  rocksdb::IOStatus Read(std::size_t size, const rocksdb::IOOptions& options, rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) override {
    auto status = FSSequentialFileOwnerWrapper::Read(std::min(size, left_), options, result, scratch, debug);
    if (status.ok()) left_ -= result->size();
    return status;
  }
  rocksdb::IOStatus Skip(std::uint64_t size) override {
    const std::size_t skipped = std::min<std::size_t>(size, left_);
    left_ -= skipped;
    return FSSequentialFileOwnerWrapper::Skip(skipped);
  }

private:
  std::size_t left_;
};

class hiding_disk final : public rocksdb::FileSystemWrapper {
public:
  hiding_disk(const std::shared_ptr<rocksdb::FileSystem>& disk, std::string path, std::size_t size)
      : FileSystemWrapper(disk), path_(std::move(path)), size_(size) {}
  const char* Name() const override { return "palabre.hiding_disk"; }

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewSequentialFile(path, options, file, debug);
    if (status.ok() && path == path_) *file = std::make_unique<shortened_file>(std::move(*file), size_);
    return status;
  }

private:
  const std::string path_;
  const std::size_t size_;
};

/// nullopt: there is no such file. Errors: io.
result<std::optional<std::string>> read_if_there(rocksdb::Env& env, const std::string& path) {
  std::string bytes;
  const auto status = rocksdb::ReadFileToString(&env, path, &bytes);
  if (status.IsNotFound() || status.IsPathNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return to_error(status, path);
  return std::optional(std::move(bytes));
}

} // namespace

std::optional<std::size_t> torn_end(std::string_view manifest) {
  std::size_t whole = 0, at = 0;
  while (at < manifest.size()) {
    const auto found = piece_at(manifest, at);
    if (!found) break;
    at = behind_filling(found->end);
    if (found->kind == full || found->kind == last) whole = found->end;
  }
  if (whole >= manifest.size() || manifest.size() - whole > torn_bytes_max || has_piece_behind(manifest, at))
    return std::nullopt;
  return whole;
}

result<std::shared_ptr<rocksdb::FileSystem>> hiding_torn_end(const std::shared_ptr<rocksdb::FileSystem>& disk,
                                                             const std::string& directory) {
  const std::shared_ptr<rocksdb::FileSystem> as_it_is;
  const auto env = rocksdb::NewCompositeEnv(disk);
  PALABRE_TRY(const auto current, read_if_there(*env, directory + "/CURRENT"));
  if (!current) return as_it_is;
  const std::string path = directory + "/" + current->substr(0, current->find('\n'));
  PALABRE_TRY(const auto manifest, read_if_there(*env, path));
  const auto end = manifest ? torn_end(*manifest) : std::nullopt;
  if (!end) return as_it_is;
  return std::make_shared<hiding_disk>(disk, path, *end);
}

} // namespace palabre::storage
