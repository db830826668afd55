#include "storage/record.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"

#include <cstring>

namespace palabre::storage {
namespace {

// Fields of fixed width come first, so that the journal can fill in its three without taking the record apart.
constexpr std::uint8_t format = 1;
constexpr std::size_t position_offset = 1;
constexpr std::size_t version_offset = position_offset + 8;
constexpr std::size_t previous_offset = version_offset + 8;
constexpr std::size_t stream_offset = previous_offset + 32;
constexpr std::size_t time_offset = stream_offset + stream_id_bytes;
constexpr std::size_t actor_offset = time_offset + 8;
constexpr std::size_t causation_offset = actor_offset + 16;
constexpr std::size_t key_id_offset = causation_offset + 8;
constexpr std::size_t schema_offset = key_id_offset + 4;
constexpr std::size_t fixed_bytes = schema_offset + 2;
static_assert(fixed_bytes > 32); // committed_record relies on stored strings being on the heap

constexpr std::size_t idempotency_bytes = 36;
constexpr std::size_t type_bytes_max = 255;

template <std::size_t N>
void copy_out(std::array<std::uint8_t, N>& to, const char* from) {
  std::memcpy(to.data(), from, N);
}

error damaged(std::string_view what) {
  return {errc::corrupt, "record: " + std::string(what)};
}

void read_fixed(record& r, const char* at) {
  r.at.value = get_int<std::uint64_t>(at + position_offset);
  r.version = get_int<std::uint64_t>(at + version_offset);
  copy_out(r.previous, at + previous_offset);
  r.stream.kind = at[stream_offset];
  copy_out(r.stream.id.bytes, at + stream_offset + 1);
  r.time.ms = get_int<std::int64_t>(at + time_offset);
  copy_out(r.actor.bytes, at + actor_offset);
  r.causation.value = get_int<std::uint64_t>(at + causation_offset);
  r.key_id = get_int<std::uint32_t>(at + key_id_offset);
  r.schema = get_int<std::uint16_t>(at + schema_offset);
}

bool read_keys(record& r, byte_reader& from) {
  const std::size_t count = from.integer<std::uint8_t>();
  if (count > limits::idempotency_keys_per_append_max) return false;
  if (count > 0) r.keys.resize(count);
  for (idempotency& key : r.keys) {
    const std::string_view bytes = from.take(idempotency_bytes);
    if (!from.ok()) return false;
    copy_out(key.scope, bytes.data());
    copy_out(key.request, bytes.data() + 16);
    key.status = get_int<std::uint16_t>(bytes.data() + 32);
    key.records = get_int<std::uint16_t>(bytes.data() + 34);
  }
  return from.ok();
}

} // namespace

std::string encode(const record& r) {
  PALABRE_ASSERT(r.keys.size() <= limits::idempotency_keys_per_append_max);
  PALABRE_ASSERT(r.type.size() <= type_bytes_max);
  PALABRE_ASSERT(r.correlation.size() <= correlation_bytes_max);
  PALABRE_ASSERT(r.payload.size() <= limits::event_bytes_max);
  std::string out;
  out.reserve(fixed_bytes + r.type.size() + r.correlation.size() + r.keys.size() * idempotency_bytes +
              r.payload.size() + 7);
  put_int(out, format);
  put_int(out, r.at.value);
  put_int(out, r.version);
  out += as_bytes(r.previous);
  append_bytes(out, r.stream);
  put_int(out, r.time.ms);
  out += as_bytes(r.actor.bytes);
  put_int(out, r.causation.value);
  put_int(out, r.key_id);
  put_int(out, r.schema);
  put_int(out, static_cast<std::uint8_t>(r.type.size()));
  out += r.type;
  put_int(out, static_cast<std::uint8_t>(r.correlation.size()));
  out += r.correlation;
  put_int(out, static_cast<std::uint8_t>(r.keys.size()));
  for (const idempotency& key : r.keys) {
    out += as_bytes(key.scope);
    out += as_bytes(key.request);
    put_int(out, key.status);
    put_int(out, key.records);
  }
  put_int(out, static_cast<std::uint32_t>(r.payload.size()));
  out += r.payload;
  return out;
}

result<record> decode(std::string_view stored) {
  if (stored.size() < fixed_bytes) return damaged("shorter than its fixed fields");
  if (static_cast<std::uint8_t>(stored[0]) != format)
    return damaged("unknown format " + std::to_string(static_cast<unsigned char>(stored[0])));
  record r;
  read_fixed(r, stored.data());
  byte_reader rest{stored.substr(fixed_bytes)};
  r.type = rest.string<std::uint8_t>();
  r.correlation = rest.string<std::uint8_t>();
  if (r.correlation.size() > correlation_bytes_max) return damaged("correlation is too long");
  if (!read_keys(r, rest)) return damaged("idempotency keys are incomplete");
  r.payload = rest.string<std::uint32_t>();
  if (!rest.finished()) return damaged("its fields do not fill its length");
  return r;
}

void complete(std::string& stored, position at, stream_version version, const sha256_digest& previous) {
  PALABRE_ASSERT(stored.size() > fixed_bytes);
  set_int(&stored[position_offset], at.value);
  set_int(&stored[version_offset], version);
  std::memcpy(&stored[previous_offset], previous.data(), previous.size());
}

committed_record::committed_record(std::string bytes, record taken_apart, const sha256_digest& its_hash)
    : stored(std::move(bytes)), view(std::move(taken_apart)), hash(its_hash) {}

committed_record committed_record::copy() const {
  std::string bytes = stored;
  auto taken_apart = decode(bytes);
  PALABRE_ASSERT(taken_apart); // it was when this record was made
  committed_record same{std::move(bytes), std::move(taken_apart).value(), hash};
  if (!opened.empty()) same.show(opened);
  return same;
}

void committed_record::show(std::string payload) {
  opened = std::move(payload);
  opened.reserve(sizeof opened); // on the heap, so that moving keeps the view valid
  view.payload = opened;
}

} // namespace palabre::storage
