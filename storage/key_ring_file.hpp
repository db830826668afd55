#pragma once
// The bytes of the file `ring`: a header, then entries of one length, in the order in which the keys were made.

#include "base/ids.hpp"
#include "storage/aead.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::storage {

struct ring_header {
  std::uint32_t next_id = 1; ///< when the file was begun: no earlier id is given out again
  std::uint32_t whole = 0;   ///< entries that were there then: if one of those cannot be read, the file is damaged
  std::string fingerprint;   ///< of the master key
  friend bool operator==(const ring_header&, const ring_header&) = default;
};

struct ring_entry {
  std::uint32_t key_id = 0;
  user_id user;
  std::string wrapped; ///< sealed with the master key, beside key id and user
};

inline constexpr std::size_t ring_header_bytes = 4 + 4 + 4 + 4 + 16 + 8;
inline constexpr std::size_t ring_wrapped_bytes = aead_nonce_bytes + aead_key_bytes + aead_tag_bytes;
inline constexpr std::size_t ring_entry_bytes = 4 + 16 + ring_wrapped_bytes + 8;

std::string encode(const ring_header& header);
std::string encode(const ring_entry& entry);
/// nullopt: not such bytes. Requires: as many as the name says.
std::optional<ring_header> decode_ring_header(std::string_view bytes);
std::optional<ring_entry> decode_ring_entry(std::string_view bytes);

/// A ring as it was read: what is whole of it.
struct ring_contents {
  ring_header header;
  std::vector<ring_entry> entries;
  std::uint64_t size = 0; ///< of what is whole, in bytes
};
/// Whatever cannot be read behind the header's `whole` entries was torn by a crash, before anything needed it: it is
/// left out, with what follows. Errors: corrupt.
result<ring_contents> read_ring(std::string_view bytes);

std::string fingerprint_of(std::string_view master_key);
std::string wrap(const aead_key& master, std::uint32_t key_id, user_id user, std::string_view key, randomness& random);
/// Errors: corrupt: not wrapped by this master key.
result<std::shared_ptr<const aead_key>> unwrap(const aead_key& master, const ring_entry& entry);

} // namespace palabre::storage
