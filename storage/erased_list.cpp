#include "storage/erased_list.hpp"

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/stream_id.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace palabre::storage {
namespace {

constexpr std::size_t entry_sum_bytes = 8;
constexpr std::size_t entry_bytes = 4 + 16 + 8 + entry_sum_bytes;

std::string sum_of(std::string_view bytes) {
  return std::string(as_bytes(sha256(bytes)).substr(0, entry_sum_bytes));
}

std::string encode(const erased_user& entry) {
  std::string out;
  put_int(out, entry.key_id);
  append_bytes(out, entry.user);
  put_int(out, entry.time.ms);
  out += sum_of(out);
  return out;
}

std::optional<erased_user> decode_entry(std::string_view bytes) {
  const std::string_view summed = bytes.substr(0, entry_bytes - entry_sum_bytes);
  if (sum_of(summed) != bytes.substr(summed.size())) return std::nullopt;
  byte_reader in(summed);
  erased_user entry;
  entry.key_id = in.integer<std::uint32_t>();
  entry.user = user_id{uuid_from_bytes(in.take(16).data())};
  entry.time.ms = in.integer<std::int64_t>();
  return entry;
}

} // namespace

result<std::vector<erased_user>> read_erased(const std::string& path) {
  PALABRE_TRY(const auto bytes, read_whole(path));
  std::vector<erased_user> entries;
  if (!bytes) return entries;
  for (std::size_t at = 0; at + entry_bytes <= bytes->size(); at += entry_bytes) {
    const auto entry = decode_entry(std::string_view(*bytes).substr(at, entry_bytes));
    const bool last = at + 2 * entry_bytes > bytes->size();
    if (!entry && last) break; // torn: nothing was done yet of what it was to say
    if (!entry)
      return error{errc::corrupt, path + " is damaged at byte " + std::to_string(at) +
                                      ": who was erased is not known; restore it from a backup"};
    entries.push_back(*entry);
  }
  return entries;
}

result<void> append_erased(const std::string& path, const std::vector<erased_user>& known, const erased_user& entry) {
  const file_handle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return error{errc::io, "cannot open " + path};
  PALABRE_TRY(write_at(file, encode(entry), known.size() * entry_bytes, path));
  PALABRE_TRY(sync_file(file, path));
  return sync_directory(std::filesystem::path(path).parent_path().string());
}

} // namespace palabre::storage
