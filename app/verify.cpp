#include "app/commands.hpp"
#include "app/store.hpp"

#include "events/streams.hpp"
#include "projections/tables.hpp"
#include "storage/archived_row.hpp"

#include <unordered_map>

namespace palabre::app {
namespace {

using storage::committed_record;
using storage::stream_head;

error at(position where, std::string what) {
  return {errc::corrupt, "position " + std::to_string(where.value) + ": " + std::move(what)};
}

/// Reads the whole log once and holds each record against its predecessor, the indexes against the records, and, at the
/// end, the heads against both. Memory: one entry for each stream.
class log_verifier {
public:
  explicit log_verifier(const storage::event_log& log) : log_(log) {}

  result<void> run() {
    result<void> sound = success();
    const auto look = [&](const committed_record& record) {
      sound = check(record);
      return sound.has_value();
    };
    PALABRE_TRY(log_.scan({}, log_.head(), look, storage::event_log::archived::as_rows_if_away));
    PALABRE_TRY(std::move(sound));
    if (last_ != log_.head())
      return at(last_.next(), "missing; the log's head is " + std::to_string(log_.head().value));
    return check_heads();
  }
  std::size_t streams() const { return heads_.size(); }
  /// Archived records whose segments are not at hand: of them the hashes were verified, not the bytes.
  std::uint64_t away() const { return away_; }

private:
  result<void> check(const committed_record& record) {
    const storage::record& r = record.view;
    if (r.at != last_.next()) return at(last_.next(), "the record there says it is " + std::to_string(r.at.value));
    last_ = r.at;
    stream_head& head = heads_[r.stream];
    const std::string stream = events::name_of(r.stream);
    if (r.version != head.version + 1)
      return at(r.at,
                stream + " goes from version " + std::to_string(head.version) + " to " + std::to_string(r.version));
    if (r.previous != head.hash)
      return at(r.at, "does not continue " + stream + ": the record at position " + std::to_string(head.at.value) +
                          ", or this one, is not what was written");
    PALABRE_TRY(auto indexed, log_.find_version(r.stream, r.version));
    if (!indexed || *indexed != r.at) return at(r.at, "the index of " + stream + " does not lead here");
    for (const storage::idempotency& key : r.keys) {
      PALABRE_TRY(auto done, log_.find_command(key.scope));
      if (!done || done->first != r.at || done->request != key.request || done->count != key.records)
        return at(r.at, "the table of idempotency keys does not lead here");
    }
    if (storage::is_archived(r)) {
      ++away_;
    } else {
      PALABRE_TRY(projections::decode(r)); // it can still be read
    }
    head = {r.version, r.at, record.hash};
    return success();
  }

  result<void> check_heads() const {
    std::size_t seen = 0;
    result<void> sound = success();
    PALABRE_TRY(log_.scan_heads([&](const stream_id& stream, const stream_head& stored) {
      ++seen;
      const auto found = heads_.find(stream);
      if (found == heads_.end())
        sound = at(stored.at, events::name_of(stream) + " has a head and no record");
      else if (!(found->second == stored))
        sound = at(found->second.at, "the last record of " + events::name_of(stream) + " is not what its head says");
      return sound.has_value();
    }));
    PALABRE_TRY(std::move(sound));
    if (seen != heads_.size())
      return error{errc::corrupt, "streams without a head: " + std::to_string(heads_.size() - seen)};
    return success();
  }

  const storage::event_log& log_;
  std::unordered_map<stream_id, stream_head> heads_;
  position last_;
  std::uint64_t away_ = 0;
};

/// Folds the log anew, up to where the views are.
result<void> rebuild(const storage::event_log& log, position last, storage::views_store& into) {
  constexpr std::size_t commit_bytes = 4 * 1024 * 1024;
  all_projections projections;
  storage::views_batch rows(into);
  result<void> folded = success();
  PALABRE_TRY(log.scan({}, last, [&](const committed_record& record) {
    auto event = projections::decode(record.view);
    if (!event) folded = std::move(event).error();
    for (projections::projection* p : projections.list())
      if (folded) folded = p->fold(event.value(), rows);
    if (folded && rows.bytes() > commit_bytes) folded = rows.commit(record.view.at);
    if (!folded) folded = at(record.view.at, folded.error().context);
    return folded.has_value();
  }));
  PALABRE_TRY(std::move(folded));
  return rows.commit(last);
}

/// Walks over one table of both stores in step: memory does not grow with its size.
class table_reader {
public:
  table_reader(const storage::views_store& views, storage::table t) : views_(views), table_(t) {}

  /// The next row; nullopt at the end.
  result<std::optional<std::pair<std::string, std::string>>> next() {
    if (at_ == rows_.size() && !ended_) {
      PALABRE_TRY(fill());
    }
    if (at_ == rows_.size()) return std::optional<std::pair<std::string, std::string>>{};
    return std::optional{std::move(rows_[at_++])};
  }

private:
  result<void> fill() {
    constexpr std::size_t chunk = 4'096;
    rows_.clear();
    at_ = 0;
    PALABRE_TRY(
        views_.range(table_, from_, std::string(300, '\xFF'), true, [&](std::string_view key, std::string_view row) {
          rows_.emplace_back(key, row);
          return rows_.size() < chunk;
        }));
    ended_ = rows_.size() < chunk;
    if (!rows_.empty()) from_ = rows_.back().first + '\0';
    return success();
  }

  const storage::views_store& views_;
  storage::table table_;
  std::string from_;
  std::vector<std::pair<std::string, std::string>> rows_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

result<std::uint64_t> compare_table(const storage::views_store& stored, const storage::views_store& fresh,
                                    storage::table t) {
  table_reader a(stored, t), b(fresh, t);
  for (std::uint64_t count = 0;; ++count) {
    PALABRE_TRY(auto is, a.next());
    PALABRE_TRY(auto should_be, b.next());
    if (!is && !should_be) return count;
    if (!is || !should_be || *is != *should_be) {
      const std::string& key = is ? is->first : should_be->first;
      return error{errc::corrupt, "read model " + projections::tables::names[t] + ", key " + to_hex(key) +
                                      ": not what the log says; delete the views directory, they are computed anew"};
    }
  }
}

result<void> verify_views(const storage::event_log& log, const storage::views_store& views, std::ostream& out) {
  PALABRE_TRY(auto print, views.fingerprint());
  all_projections projections;
  if (print != projections::fingerprint(projections.list(), log.epoch())) {
    out << "views: of another version; the next start computes them anew\n";
    return success();
  }
  PALABRE_TRY(auto checkpoint, views.checkpoint());
  if (checkpoint > log.head()) {
    return error{errc::corrupt, "the views are at " + std::to_string(checkpoint.value) + ", ahead of the log"};
  }
  PALABRE_TRY(auto fresh, temporary_views::make());
  PALABRE_TRY(rebuild(log, checkpoint, fresh->store()));
  std::uint64_t rows = 0;
  for (storage::table t = 0; t < projections::tables::names.size(); ++t) {
    PALABRE_TRY(auto count, compare_table(views, fresh->store(), t));
    rows += count;
  }
  out << "views: " << rows << " rows equal a fresh rebuild up to position " << checkpoint.value << '\n';
  return success();
}

result<void> run(const std::string& data, std::ostream& out) {
  // The views first: beside a live server both go on, and what the views have seen by now is then in the log.
  const auto views = storage::views_store::open_read_only(views_directory(data), projections::tables::names);
  system_randomness random;
  PALABRE_TRY(auto log, storage::event_log::open(log_directory(data), storage::event_log::access::read_only, random));
  log_verifier verifier(*log);
  PALABRE_TRY(verifier.run());
  if (log->damage()) return error{errc::corrupt, *log->damage()};
  out << "log: " << log->head().value << " records in " << verifier.streams() << " streams, chain whole, epoch "
      << log->epoch() << '\n';
  if (verifier.away() > 0) {
    out << "archived: " << verifier.away()
        << " records are in segments that are not here: their hashes are in the chain, their bytes were not looked at; "
           "the views were not compared\n";
    return success();
  }
  if (views) return verify_views(*log, *views.value(), out);
  if (views.error().code != errc::not_found)
    return error{errc::corrupt, "the views cannot be read: " + views.error().context};
  out << "views: none yet\n";
  return success();
}

} // namespace

int verify(const std::string& data, std::ostream& out, std::ostream& errors) {
  const auto sound = run(data, out);
  if (!sound) return fail(errors, sound.error());
  out << "verified\n";
  return 0;
}

} // namespace palabre::app
