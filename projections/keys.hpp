#pragma once
// Keys of the tables: ids as 16 bytes, numbers big-endian, so that a range is what one wants to read together.

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/flat_strings.hpp"
#include "base/ids.hpp"
#include "base/position.hpp"
#include "base/stream_id.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::projections {

/// A key, or the beginning of one, in place: most are made to be looked up with and forgotten.
class row_key {
public:
  /// Three ids, a number, and a text with its length.
  static constexpr std::size_t bytes_max = 3 * 16 + 8 + 1 + 255;

  row_key() {} // leaves the bytes as they are
  row_key(const row_key& other) { *this += other; }
  row_key& operator=(const row_key&) = delete;

  operator std::string_view() const { return {bytes_, size_}; }
  operator std::string() const { return {bytes_, size_}; }
  std::size_t size() const { return size_; }

  row_key& operator+=(std::string_view bytes) {
    std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    return *this;
  }
  row_key& operator+=(char byte) {
    *grow(1) = byte;
    return *this;
  }
  friend row_key operator+(row_key key, char byte) { return key += byte; }
  friend row_key operator+(row_key key, const row_key& other) { return key += other; }

  void append(const uuid& id) { std::memcpy(grow(id.bytes.size()), id.bytes.data(), id.bytes.size()); }
  void append(std::uint64_t number) { set_int(grow(sizeof number), number); }
  /// Behind its length. Requires: at most 255 bytes.
  void append(std::string_view text) {
    PALABRE_ASSERT(text.size() <= 255);
    *this += static_cast<char>(text.size());
    *this += text;
  }

private:
  char* grow(std::size_t by) {
    PALABRE_ASSERT(by <= bytes_max - size_);
    size_ += by;
    return bytes_ + size_ - by;
  }

  std::size_t size_ = 0;
  char bytes_[bytes_max];
};

template <class... Part>
row_key key_of(const Part&... parts) {
  row_key key;
  (key.append(parts), ...);
  return key;
}

/// Those of rows that are kept by an id alone, in the order of the ids.
template <class Ids>
flat_strings keys_of(const Ids& ids) {
  flat_strings keys;
  keys.reserve(ids.size(), sizeof(uuid));
  for (const uuid& each : ids) keys.push_back(key_of(each));
  return keys;
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
