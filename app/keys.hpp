#pragma once
// The keys of a data directory (DIR/keys and its master key), and the log read through them.

#include "projections/record_seal.hpp"
#include "storage/event_log.hpp"
#include "storage/key_ring.hpp"

#include <memory>
#include <string>

namespace palabre::app {

inline std::string keys_directory(const std::string& data) {
  return data + "/keys";
}

/// The ring of a log that is open for writing; ring and master key are made if nothing in the log needs them. Finishes
/// a rotation that was interrupted. Errors: as key_ring::open and load_master_keys.
result<std::shared_ptr<storage::key_ring>> open_keys(const std::string& data, const storage::event_log& log,
                                                     randomness& random);

/// The same, and from now on the log is read, and can be written, through them. Before anyone reads. Errors: as
/// open_keys.
result<std::shared_ptr<const projections::record_seal>> seal_log(const std::string& data, storage::event_log& log,
                                                                 randomness& random);

/// The log and its keys, to be read, beside a live server too: payloads come opened. Errors: as event_log::open,
/// key_ring::open and load_master_keys.
result<std::unique_ptr<storage::event_log>> open_log_for_reading(const std::string& data);
/// With the keys of another place.
result<std::unique_ptr<storage::event_log>> open_log_for_reading(const std::string& data, const std::string& keys);
/// Without keys: payloads come as they are stored.
result<std::unique_ptr<storage::event_log>> open_sealed_log(const std::string& data);

/// Another master key takes the place of the one there is. A crash at any moment leaves one of them, with the ring that
/// it wraps. Errors: io, corrupt.
result<void> rotate_master_key(const std::string& data, storage::key_ring& keys, randomness& random);

} // namespace palabre::app
