#include "storage/archived_row.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"

#include <cstring>

namespace palabre::storage {
namespace {

// The payload of the row: hash of the record, first and last version of the segment.
constexpr std::size_t payload_bytes = 32 + 8 + 8;

} // namespace

std::string file_name_of(const segment_name& name) {
  return to_text(name.stream.id) + '-' + std::to_string(name.first) + '-' + std::to_string(name.last) + ".segment";
}

std::string archived_row_of(const committed_record& r, const segment_name& where) {
  std::string payload{as_bytes(r.hash)};
  put_int(payload, where.first);
  put_int(payload, where.last);
  record row;
  row.at = r.view.at;
  row.stream = r.view.stream;
  row.version = r.view.version;
  row.previous = r.view.previous;
  row.time = r.view.time;
  row.type = archived_type;
  row.keys = r.view.keys; // so that the table of commands can still be computed from the log
  row.payload = payload;
  return encode(row);
}

sha256_digest chain_hash_of(const record& r, std::string_view row) {
  if (!is_archived(r) || r.payload.size() != payload_bytes) return hash_of(row);
  sha256_digest hash;
  std::memcpy(hash.data(), r.payload.data(), hash.size());
  return hash;
}

segment_name segment_of(const record& r) {
  PALABRE_ASSERT(is_archived(r));
  if (r.payload.size() != payload_bytes) return {r.stream, 0, 0};
  return {r.stream, get_int<std::uint64_t>(r.payload.data() + 32), get_int<std::uint64_t>(r.payload.data() + 40)};
}

} // namespace palabre::storage
