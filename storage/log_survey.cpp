#include "storage/log_survey.hpp"

#include "storage/log_store.hpp"
#include "storage/stream_chain.hpp"

#include <unordered_map>

namespace palabre::storage {
namespace {

error wrong(position at, const std::string& what) {
  return at_position(at, {errc::corrupt, what});
}

class surveyor {
public:
  explicit surveyor(const event_log& log) : log_(log) {}

  /// Errors: corrupt: the record cannot be a part of the log.
  result<void> take(const committed_record& r) {
    stream_head& head = heads_[r.view.stream];
    if (const char* what = contradiction(head, r.view)) return wrong(r.view.at, what);
    head = {r.view.version, r.view.at, r.hash};
    last_ = r.view.at;
    return success();
  }
  /// Errors: corrupt: a row that is computed from this record is not what it should be.
  result<void> check_indexed(const record& r) const {
    PALABRE_TRY(const auto indexed, log_.find_version(r.stream, r.version));
    if (indexed != r.at) return wrong(r.at, "the index of its stream leads elsewhere");
    for (const idempotency& key : r.keys) {
      PALABRE_TRY(const auto done, log_.find_command(key.scope));
      if (!done || done->first != r.at || done->request != key.request || done->count != key.records)
        return wrong(r.at, "the table of idempotency keys leads elsewhere");
    }
    return success();
  }
  result<void> check_heads() const {
    std::size_t seen = 0;
    result<void> sound = success();
    PALABRE_TRY(log_.scan_heads([&](const stream_id& stream, const stream_head& stored) {
      ++seen;
      const auto found = heads_.find(stream);
      if (found == heads_.end() || !(found->second == stored))
        sound = wrong(stored.at, "the head of a stream is not what its records say");
      return sound.has_value();
    }));
    PALABRE_TRY(std::move(sound));
    if (seen == heads_.size()) return success();
    return error{errc::corrupt, "streams without a head: " + std::to_string(heads_.size() - seen)};
  }
  position last() const { return last_; }

private:
  const event_log& log_;
  std::unordered_map<stream_id, stream_head> heads_;
  position last_;
};

/// Keeps the first damage that is told; whatever else is no finding.
result<void> note(log_findings& findings, const result<void>& checked) {
  if (checked || findings.found) return success();
  if (checked.error().code != errc::corrupt) return checked.error();
  findings.found = checked.error().context;
  return success();
}

} // namespace

result<log_findings> survey(const event_log& log, const std::function<void(position)>& tell) {
  log_findings findings;
  surveyor eye(log);
  result<void> taken = success(), noted = success();
  const auto look = [&](const committed_record& r) {
    taken = eye.take(r);
    if (!taken) return false;
    noted = note(findings, eye.check_indexed(r.view));
    tell(r.view.at);
    return noted.has_value();
  };
  const auto scanned = log.scan({}, log.head(), look, event_log::archived::as_rows_if_away);
  PALABRE_TRY(noted);
  findings.whole = eye.last();
  PALABRE_TRY(note(findings, taken));
  PALABRE_TRY(note(findings, scanned));
  if (findings.whole == log.head()) {
    PALABRE_TRY(note(findings, eye.check_heads()));
  }
  return findings;
}

} // namespace palabre::storage
