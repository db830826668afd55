#pragma once
#include "base/ids.hpp"

namespace palabre {

/// A stream is a kind (one letter, see events/streams.hpp) and 128 bits: an id, or an HMAC where the name is personal.
struct stream_id {
  char kind = 0;
  uuid id;

  friend auto operator<=>(const stream_id&, const stream_id&) = default;
};
constexpr std::size_t stream_id_bytes = 17;

inline void append_bytes(std::string& out, const uuid& id) {
  out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}
inline void append_bytes(std::string& out, const stream_id& stream) {
  out += stream.kind;
  append_bytes(out, stream.id);
}
/// Requires: 16 bytes at `at`.
inline uuid uuid_from_bytes(const char* at) {
  uuid id;
  std::memcpy(id.bytes.data(), at, 16);
  return id;
}

} // namespace palabre

template <>
struct std::hash<palabre::stream_id> {
  std::size_t operator()(const palabre::stream_id& s) const noexcept {
    return std::hash<palabre::uuid>{}(s.id) ^ static_cast<unsigned char>(s.kind);
  }
};
