#include "app/keys.hpp"

#include "app/secrets.hpp"
#include "app/store.hpp"

namespace palabre::app {

result<std::shared_ptr<storage::key_ring>> open_keys(const std::string& data, const storage::event_log& log,
                                                     randomness& random) {
  storage::key_ring::opening how;
  how.directory = keys_directory(data);
  how.key_id_max = log.key_id_max();
  const bool is_new = !storage::holds_key_ring(how.directory) && how.key_id_max == 0;
  PALABRE_TRY(how.master_keys, load_master_keys(data, is_new, random));
  PALABRE_TRY(auto ring, storage::key_ring::open(how, random));
  PALABRE_TRY(settle_master_key(data, ring->master_key_used()));
  return std::shared_ptr<storage::key_ring>(std::move(ring));
}

result<std::shared_ptr<const projections::record_seal>> seal_log(const std::string& data, storage::event_log& log,
                                                                 randomness& random) {
  PALABRE_TRY(auto keys, open_keys(data, log, random));
  auto seal = std::make_shared<const projections::record_seal>(std::move(keys), random);
  log.open_seals_with(seal);
  return seal;
}

namespace {

system_randomness lent; // for reading: nothing is made

/// It is the data that is not as it should be, not what was asked.
error without_keys(const error& why) {
  return {why.code == errc::invalid ? errc::corrupt : why.code, why.context};
}

} // namespace

result<std::unique_ptr<storage::event_log>> open_sealed_log(const std::string& data) {
  return storage::event_log::open(log_directory(data), storage::event_log::access::read_only, lent);
}

result<std::unique_ptr<storage::event_log>> open_log_for_reading(const std::string& data) {
  return open_log_for_reading(data, data);
}

result<std::unique_ptr<storage::event_log>> open_log_for_reading(const std::string& data, const std::string& keys_at) {
  PALABRE_TRY(auto log, open_sealed_log(data));
  storage::key_ring::opening how;
  how.directory = keys_directory(keys_at);
  how.mode = storage::key_ring::access::read_only;
  how.key_id_max = log->key_id_max();
  if (how.key_id_max == 0 && !storage::holds_key_ring(how.directory)) return log;
  auto master = load_master_keys(keys_at, false, lent);
  if (!master) return without_keys(master.error());
  how.master_keys = std::move(master).value();
  auto opened = storage::key_ring::open(how, lent);
  if (!opened) return without_keys(opened.error());
  auto ring = std::move(opened).value();
  std::shared_ptr<storage::key_ring> keys = std::move(ring);
  log->open_seals_with(std::make_shared<const projections::record_seal>(std::move(keys), lent));
  return log;
}

result<void> rotate_master_key(const std::string& data, storage::key_ring& keys, randomness& random) {
  PALABRE_TRY(const std::string next, make_next_master_key(data, random));
  PALABRE_TRY(keys.rewrap(next));
  return settle_master_key(data, 1);
}

} // namespace palabre::app
