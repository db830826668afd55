#pragma once
// What stays in the log of a record whose bytes were moved to a segment: all that the chain needs, and where they are.

#include "storage/record.hpp"

#include <string>

namespace palabre::storage {

/// `type` of what decode() makes of such a row. It is no event.
inline constexpr std::string_view archived_type = "storage.archived";

/// The versions `first` to `last` of a stream, in one file.
struct segment_name {
  stream_id stream;
  stream_version first = 0, last = 0;

  friend auto operator<=>(const segment_name&, const segment_name&) = default;
};
/// As "0190b1f0-….-1-5000.segment".
std::string file_name_of(const segment_name& name);

/// The row that takes the place of `r`.
std::string archived_row_of(const committed_record& r, const segment_name& where);

inline bool is_archived(const record& r) {
  return r.type == archived_type;
}
/// Of a row of the log, whether the record's bytes are in it or not: the hash of those bytes.
/// Requires: `r` was decoded from `row`.
sha256_digest chain_hash_of(const record& r, std::string_view row);
/// Requires: is_archived(r).
segment_name segment_of(const record& r);

} // namespace palabre::storage
