#pragma once
// What the log holds: envelopes around payloads that storage does not read. The only storage header that http/ may
// include. The bytes are described in docs/data_format.md.

#include "base/clock.hpp"
#include "base/correlation.hpp"
#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "base/position.hpp"
#include "base/result.hpp"
#include "base/stream_id.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::storage {

/// What makes a repeated command recognisable, for ever.
struct idempotency {
  short_digest scope{};      ///< of user, method, path and key: what is looked up
  short_digest request{};    ///< of the scope and the body: must be equal, else errc::key_reused
  std::uint16_t status = 0;  ///< of the first answer
  std::uint16_t records = 1; ///< that the command answers: this one and those right behind it

  friend bool operator==(const idempotency&, const idempotency&) = default;
};

constexpr std::size_t correlation_bytes_max = limits::request_id_bytes_max + 1 + traceparent_bytes;
static_assert(correlation_bytes_max <= 255); // its length is a byte

/// One record, taken apart: strings view the bytes it was parsed from.
struct record {
  position at; ///< set by the journal
  stream_id stream;
  stream_version version = 0; ///< set by the journal
  sha256_digest previous{};   ///< hash of the previous record of this stream, zero for the first; set by the journal
  timestamp time;
  user_id actor;                 ///< who acted; nil: the system
  position causation;            ///< the record this one follows from; 0: a command from outside
  std::uint32_t key_id = 0;      ///< of the key that seals the personal fields; 0: not sealed
  std::uint16_t schema = 0;      ///< version of the payload's shape
  std::string_view type;         ///< "message.posted"
  std::string_view correlation;  ///< base/correlation.hpp
  std::vector<idempotency> keys; ///< of the command; on the first record that it appended
  std::string_view payload;
};

/// The stored form of `r`, a few fixed-width fields and then the strings. `at`, `version` and `previous` may still be
/// blank. Requires: at most idempotency_keys_per_append_max keys, type ≤ 255 bytes, correlation ≤
/// correlation_bytes_max.
std::string encode(const record& r);

/// Takes a record apart. Errors: corrupt: not such bytes (length, format byte, a field that runs over the end).
result<record> decode(std::string_view stored);

/// Writes what only the journal knows into bytes made by encode().
void complete(std::string& stored, position at, stream_version version, const sha256_digest& previous);

/// Hash of a record: over all its stored bytes.
inline sha256_digest hash_of(std::string_view stored) {
  return sha256(stored);
}

/// Gives back payloads as they were before they were sealed. Threads: any.
class payload_opener {
public:
  virtual ~payload_opener() = default;
  /// Requires: sealed.key_id != 0, its payload as it is stored. Errors: corrupt: the seal is not of this record, or was
  /// changed, or its key is nowhere; io.
  virtual result<std::string> open(const record& sealed) const = 0;
  /// Whether anything that this key sealed can still be opened: false from the moment its person is to be erased.
  virtual bool opens(std::uint32_t key_id) const = 0;
};

/// A record to be.
struct new_record {
  std::string stored; ///< made by encode()
  std::string opened; ///< its payload without the seal, so that nobody opens what was just sealed; empty: not sealed

  new_record(std::string stored_form, std::string opened_payload = {}) // of a string where nothing is sealed
      : stored(std::move(stored_form)), opened(std::move(opened_payload)) {}
};

/// A record that is durable: its bytes, and the view into them.
struct committed_record {
  std::string stored;
  std::string opened; ///< what `view.payload` views instead, if the record is sealed and its reader has the keys
  record view;
  sha256_digest hash;

  committed_record(std::string stored, record view, const sha256_digest& hash);
  committed_record(committed_record&&) noexcept = default; // moving keeps the views valid: records are longer than SSO
  committed_record(const committed_record&) = delete;
  /// Copies are asked for by name: they cost the bytes.
  committed_record copy() const;
  /// From now on the payload is this one.
  void show(std::string payload);
};

/// The records of one journal write, in order of position, without gaps. Immutable and shared from then on.
struct committed_batch {
  std::vector<committed_record> records;

  position last() const { return records.back().view.at; }
};
using committed_batch_ptr = std::shared_ptr<const committed_batch>;

/// The part of a batch that one append wrote.
struct appended {
  committed_batch_ptr batch;
  std::size_t first = 0;
  std::size_t count = 0;

  const committed_record& operator[](std::size_t i) const { return batch->records[first + i]; }
  position last() const { return (*this)[count - 1].view.at; }
};

} // namespace palabre::storage
