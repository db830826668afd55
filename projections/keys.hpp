#pragma once
// Keys of the tables: ids as 16 bytes, numbers big-endian, so that a range is what one wants to read together.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/position.hpp"
#include "base/stream_id.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace palabre::projections {

inline void append_part(std::string& key, const uuid& id) {
  append_bytes(key, id);
}
inline void append_part(std::string& key, std::uint64_t number) {
  put_int<std::uint64_t>(key, number);
}
inline void append_part(std::string& key, std::string_view text) {
  key += static_cast<char>(text.size());
  key += text;
}

template <class... Part>
std::string key_of(const Part&... parts) {
  std::string key;
  key.reserve(64);
  (append_part(key, parts), ...);
  return key;
}

/// Nil once something is missing.
inline uuid take_uuid(byte_reader& in) {
  const std::string_view at = in.take(16);
  return in.ok() ? uuid_from_bytes(at.data()) : uuid{};
}

/// Ids one behind the other, as append_bytes wrote them. Requires: whole ones.
template <class Id>
std::vector<Id> ids_in(std::string_view packed) {
  std::vector<Id> ids;
  for (std::size_t at = 0; at < packed.size(); at += 16) ids.push_back(Id{uuid_from_bytes(packed.data() + at)});
  return ids;
}

/// The first key that is greater than every key with this prefix. Requires: a prefix that is not all 0xFF.
inline std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

} // namespace palabre::projections
