#include "storage/table_check.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace palabre::storage {
namespace {

// A table ends with: properties, the metaindex, a footer of one size (checksum's kind, two handles, version, magic).
// Each block has a trailer. A block's last word is its number of restarts and, in front, the bit.
constexpr std::size_t footer_bytes = 53;
constexpr std::size_t block_trailer_bytes = 5;
constexpr unsigned char hash_index_bit = 0x80; ///< of the last of the word's bytes: it is written the lesser first

/// A number of up to 64 bits, seven in a byte, the lesser first. nullopt: it does not end.
std::optional<std::uint64_t> read_varint(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

class checked_disk final : public rocksdb::FileSystemWrapper {
public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "palabre.checked_disk"; }

  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewRandomAccessFile(path, options, file, debug);
    if (status.ok() && path.ends_with(".sst")) status = check(path, **file, debug);
    if (!status.ok()) file->reset();
    return status;
  }

private:
  rocksdb::IOStatus check(const std::string& path, const rocksdb::FSRandomAccessFile& table,
                          rocksdb::IODebugContext* debug) {
    std::uint64_t size = 0;
    auto status = GetFileSize(path, {}, &size, debug);
    if (!status.ok() || size < footer_bytes) return status;
    std::array<char, footer_bytes> space;
    rocksdb::Slice footer;
    status = table.Read(size - footer_bytes, footer_bytes, {}, &footer, space.data(), debug);
    if (!status.ok() || footer.size() != footer_bytes) return status;
    const auto metaindex = read_varint({footer.data() + 1, footer_bytes - 1});
    constexpr std::size_t back = block_trailer_bytes + 1;
    if (!metaindex || *metaindex < back || *metaindex > size) return status; // RocksDB says what is wrong with it
    rocksdb::Slice last;
    status = table.Read(*metaindex - back, 1, {}, &last, space.data(), debug);
    if (!status.ok() || last.size() != 1 || !(static_cast<unsigned char>(last[0]) & hash_index_bit)) return status;
    return rocksdb::IOStatus::Corruption("the properties are damaged", path);
  }
};

} // namespace

std::shared_ptr<rocksdb::FileSystem> checking_tables(std::shared_ptr<rocksdb::FileSystem> disk) {
  return std::make_shared<checked_disk>(std::move(disk));
}

} // namespace palabre::storage
