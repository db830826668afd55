#include "storage/key_ring_file.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/stream_id.hpp"

#include <openssl/crypto.h>

namespace palabre::storage {
namespace {

constexpr std::string_view magic = "PALR";
constexpr std::uint32_t format = 1;
constexpr std::size_t fingerprint_bytes = 16;
constexpr std::size_t file_sum_bytes = 8;

std::string with_sum(std::string bytes) {
  bytes += as_bytes(sha256(bytes)).substr(0, file_sum_bytes);
  return bytes;
}

/// What the sum at the end is of; nullopt: it is not.
std::optional<std::string_view> summed(std::string_view bytes) {
  const std::string_view body = bytes.substr(0, bytes.size() - file_sum_bytes);
  if (as_bytes(sha256(body)).substr(0, file_sum_bytes) != bytes.substr(body.size())) return std::nullopt;
  return body;
}

std::string beside(std::uint32_t key_id, user_id user) {
  std::string bytes;
  put_int(bytes, key_id);
  append_bytes(bytes, user);
  return bytes;
}

} // namespace

std::string encode(const ring_header& header) {
  std::string out(magic);
  put_int(out, format);
  put_int(out, header.next_id);
  put_int(out, header.whole);
  out += header.fingerprint;
  return with_sum(std::move(out));
}

std::string encode(const ring_entry& entry) {
  return with_sum(beside(entry.key_id, entry.user) + entry.wrapped);
}

std::optional<ring_header> decode_ring_header(std::string_view bytes) {
  const auto body = summed(bytes);
  if (!body || !body->starts_with(magic)) return std::nullopt;
  byte_reader in(body->substr(magic.size()));
  if (in.integer<std::uint32_t>() != format) return std::nullopt;
  ring_header header;
  header.next_id = in.integer<std::uint32_t>();
  header.whole = in.integer<std::uint32_t>();
  header.fingerprint = in.take(fingerprint_bytes);
  return header;
}

std::optional<ring_entry> decode_ring_entry(std::string_view bytes) {
  const auto body = summed(bytes);
  if (!body) return std::nullopt;
  byte_reader in(*body);
  ring_entry entry;
  entry.key_id = in.integer<std::uint32_t>();
  entry.user = user_id{uuid_from_bytes(in.take(16).data())};
  entry.wrapped = in.rest();
  return entry;
}

result<ring_contents> read_ring(std::string_view bytes) {
  ring_contents ring;
  const auto header =
      bytes.size() < ring_header_bytes ? std::nullopt : decode_ring_header(bytes.substr(0, ring_header_bytes));
  if (!header) return error{errc::corrupt, "the header of the key ring is damaged"};
  ring.header = *header;
  ring.size = ring_header_bytes;
  for (; ring.size + ring_entry_bytes <= bytes.size(); ring.size += ring_entry_bytes) {
    auto entry = decode_ring_entry(bytes.substr(ring.size, ring_entry_bytes));
    if (!entry) break;
    ring.entries.push_back(std::move(*entry));
  }
  if (ring.entries.size() < ring.header.whole)
    return error{errc::corrupt, "the key ring is damaged at byte " + std::to_string(ring.size)};
  return ring;
}

std::string fingerprint_of(std::string_view master_key) {
  return std::string(as_bytes(hmac_sha256(master_key, "palabre key ring")).substr(0, fingerprint_bytes));
}

std::string wrap(const aead_key& master, std::uint32_t key_id, user_id user, std::string_view key, randomness& random) {
  aead_nonce nonce;
  random.fill(nonce.data(), nonce.size());
  return aead_seal(master, nonce, beside(key_id, user), key);
}

result<std::shared_ptr<const aead_key>> unwrap(const aead_key& master, const ring_entry& entry) {
  auto bytes = aead_open(master, beside(entry.key_id, entry.user), entry.wrapped);
  if (!bytes || bytes.value().size() != aead_key_bytes)
    return error{errc::corrupt, "key " + std::to_string(entry.key_id) + " was not wrapped by this master key"};
  auto key = std::make_shared<const aead_key>(bytes.value());
  OPENSSL_cleanse(bytes.value().data(), bytes.value().size());
  return std::shared_ptr<const aead_key>(std::move(key));
}

} // namespace palabre::storage
