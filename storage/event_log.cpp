#include "storage/event_log.hpp"

#include "storage/event_log_state.hpp"

#include <rocksdb/file_system.h>

namespace palabre::storage {

event_log::event_log() : state_(std::make_unique<state>()) {}

result<std::unique_ptr<event_log>> event_log::open(const std::string& directory, access mode, randomness& random,
                                                   std::shared_ptr<rocksdb::FileSystem> disk) {
  std::unique_ptr<event_log> opened{new event_log};
  state& s = *opened->state_;
  s.directory = directory;
  if (disk) s.env = rocksdb::NewCompositeEnv(disk);
  rocksdb::Env& env = s.env ? *s.env : *rocksdb::Env::Default();
  if (mode == access::read_only) {
    PALABRE_TRY(s.log, open_for_reading(directory, env));
  } else {
    PALABRE_TRY(s.log, open_for_writing(directory, random, env));
  }
  s.head.store(s.log.acked.head.value, std::memory_order_release);
  return opened;
}

event_log::~event_log() {
  opened_log& log = state_->log;
  log.store.reset();
  if (!log.mark || state_->failed) return;
  // If this fails, the next opening finds a close that was not orderly, which is what it was.
  log.acked.clean = true;
  if (log.mark->write(log.acked)) static_cast<void>(log.mark->sync());
}

position event_log::head() const {
  return {state_->head.load(std::memory_order_acquire)};
}
const std::string& event_log::epoch() const {
  return state_->log.acked.epoch;
}
const open_report& event_log::report() const {
  return state_->log.report;
}
store_usage event_log::usage() const {
  return usage_of(state_->log.store->instance());
}

const std::string& event_log::directory() const {
  return state_->directory;
}
const std::optional<std::string>& event_log::damage() const {
  return state_->log.damage;
}

std::uint32_t event_log::key_id_max() const {
  return state_->log.key_id_max;
}
void event_log::open_seals_with(std::shared_ptr<const payload_opener> opener) {
  state_->log.store->open_seals_with(std::move(opener));
}

result<position> event_log::catch_up() {
  PALABRE_TRY(const position reached, catch_up_with_writer(state_->log, state_->directory));
  state_->head.store(reached.value, std::memory_order_release);
  return reached;
}

result<committed_record> event_log::read(position at) const {
  if (at.value == 0 || at > head()) return error{errc::not_found, "position " + std::to_string(at.value)};
  return state_->log.store->read(at);
}

result<void> event_log::read_stream(const stream_id& stream, stream_version after, std::size_t count_max,
                                    const std::function<bool(const committed_record&)>& visit) const {
  return state_->log.store->read_stream(stream, after, count_max, head(), visit);
}

result<void> event_log::scan(position after, position last, const std::function<bool(const committed_record&)>& visit,
                             archived how) const {
  return state_->log.store->scan(after, std::min(last, head()), visit, how);
}

result<void> event_log::scan_in_place(position after, position last,
                                      const std::function<bool(const record&, std::string_view)>& visit,
                                      archived how) const {
  return state_->log.store->scan_in_place(after, std::min(last, head()), visit, how);
}

result<stream_head> event_log::head_of(const stream_id& stream) const {
  return state_->log.store->head_of(stream);
}

result<void> event_log::scan_heads(const std::function<bool(const stream_id&, const stream_head&)>& visit) const {
  return state_->log.store->scan_heads(visit);
}

result<void>
event_log::scan_versions(const std::function<bool(const stream_id&, stream_version, position)>& visit) const {
  return state_->log.store->scan_versions(visit);
}

result<void>
event_log::scan_commands(const std::function<bool(const short_digest&, const done_command&)>& visit) const {
  return state_->log.store->scan_commands(visit);
}

result<std::optional<done_command>> event_log::find_command(const short_digest& scope) const {
  return state_->log.store->find_command(scope);
}

result<std::optional<position>> event_log::find_version(const stream_id& stream, stream_version version) const {
  return state_->log.store->find_version(stream, version);
}

} // namespace palabre::storage
