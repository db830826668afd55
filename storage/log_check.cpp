#include "storage/log_check.hpp"

#include "base/ordered_work.hpp"
#include "storage/archived_row.hpp"
#include "storage/log_rows.hpp"
#include "storage/log_store.hpp"
#include "storage/row_set.hpp"

#include <thread>
#include <unordered_map>

namespace palabre::storage {
namespace {

constexpr std::uint64_t records_per_part = 8'192;
constexpr std::size_t slots_per_thread = 2;
/// Behind a position so far back, indexes are scanned as a whole; else they are asked for each record.
constexpr std::uint64_t scan_from_part = 8;

error corrupt_at(position at, std::string what) {
  return at_position(at, {errc::corrupt, std::move(what)});
}

/// An error and where it is.
struct finding {
  position at;
  error what;
};

/// What one part of the log has of a stream: how it begins, and how it ends.
struct stretch {
  stream_version first_version = 0;
  position first;
  sha256_digest previous{}; ///< that the first record names
  stream_head last;
};

/// The rows that records say there are, or that there are.
struct index_rows {
  explicit index_rows(const row_set_key& key) : versions(key), commands(key) {}
  row_set versions, commands;

  void add_version(const stream_id& stream, stream_version version, position at) {
    versions.add(view_of(key_of(stream, version)), view_of(key_of(at)));
  }
  void add_command(const short_digest& scope, const done_command& command) {
    commands.add(as_bytes(scope), view_of(row_of(command)));
  }
  void merge(const index_rows& other) {
    versions.merge(other.versions);
    commands.merge(other.commands);
  }
  friend bool operator==(const index_rows&, const index_rows&) = default;
};

/// The indexes lead to this record.
result<void> look_up(const event_log& log, const log_check& how, const record& r) {
  PALABRE_TRY(const auto indexed, log.find_version(r.stream, r.version));
  if (indexed != r.at) return corrupt_at(r.at, "the index of " + how.name_of(r.stream) + " does not lead here");
  for (const idempotency& key : r.keys) {
    PALABRE_TRY(const auto done, log.find_command(key.scope));
    if (!done || done->first != r.at || done->request != key.request || done->status != key.status ||
        done->count != key.records)
      return corrupt_at(r.at, "the table of idempotency keys does not lead here");
  }
  return success();
}

/// The record at `at` continues its stream.
result<void> follows(const log_check& how, const stream_id& stream, const stream_head& before, stream_version version,
                     const sha256_digest& previous, position at) {
  if (version != before.version + 1)
    return corrupt_at(at, how.name_of(stream) + " goes from version " + std::to_string(before.version) + " to " +
                              std::to_string(version));
  if (previous != before.hash)
    return corrupt_at(at, "does not continue " + how.name_of(stream) + ": the record at position " +
                              std::to_string(before.at.value) + ", or this one, is not what was written");
  return success();
}

/// Checks a part of the log by itself.
class part_check {
public:
  part_check(const event_log& log, const log_check& how, const row_set_key& key, bool look_up)
      : log_(log), how_(how), look_up_(look_up), rows_(key) {}

  void run(position after, position last) {
    streams_.clear();
    wrong_.reset();
    away_ = 0;
    rows_.versions.clear();
    rows_.commands.clear();
    position next = after.next();
    const auto scanned = log_.scan_in_place(
        after, last,
        [&](const record& r, std::string_view stored) {
          const auto sound = check(r, stored);
          if (!sound) wrong_ = finding{r.at, sound.error()};
          next = r.at.next();
          return sound.has_value();
        },
        event_log::archived::as_rows_if_away);
    if (!wrong_ && !scanned) wrong_ = finding{next, scanned.error()};
    if (!wrong_ && next <= last) wrong_ = finding{next, corrupt_at(next, "missing")};
  }

  const std::unordered_map<stream_id, stretch>& streams() const { return streams_; }
  const std::optional<finding>& wrong() const { return wrong_; }
  const index_rows& rows() const { return rows_; }
  std::uint64_t away() const { return away_; }

private:
  result<void> check(const record& r, std::string_view stored) {
    if (r.key_id > log_.key_id_max())
      return corrupt_at(r.at, "names key " + std::to_string(r.key_id) +
                                  ", and the log says that there is none behind " + std::to_string(log_.key_id_max()));
    PALABRE_TRY(continue_stream(r, chain_hash_of(r, stored)));
    if (how_.indexes) {
      PALABRE_TRY(look_up_ ? look_up(log_, how_, r) : add_rows(r));
    }
    if (is_archived(r))
      ++away_;
    else if (how_.readable)
      return how_.readable(r);
    return success();
  }

  result<void> continue_stream(const record& r, const sha256_digest& hash) {
    const auto [found, is_first] = streams_.try_emplace(r.stream);
    stretch& of = found->second;
    if (is_first) {
      of.first_version = r.version;
      of.first = r.at;
      of.previous = r.previous;
    } else {
      PALABRE_TRY(follows(how_, r.stream, of.last, r.version, r.previous, r.at));
    }
    of.last = {r.version, r.at, hash};
    return success();
  }

  result<void> add_rows(const record& r) {
    rows_.add_version(r.stream, r.version, r.at);
    for (const idempotency& key : r.keys) rows_.add_command(key.scope, {key.request, key.status, r.at, key.records});
    return success();
  }

  const event_log& log_;
  const log_check& how_;
  const bool look_up_;
  std::unordered_map<stream_id, stretch> streams_;
  std::optional<finding> wrong_;
  std::uint64_t away_ = 0; ///< archived records whose segments are not at hand
  index_rows rows_;
};

class checking {
public:
  checking(const event_log& log, const log_check& how)
      : log_(log), how_(how),
        look_up_(how.after.value > 0 && (log.head().value - how.after.value) * scan_from_part < log.head().value),
        key_(random_), rows_(key_), stored_(key_) {}

  result<checked_log> run() {
    const position head = log_.head();
    if (how_.after > head) return error{errc::invalid, "the log ends at position " + std::to_string(head.value)};
    std::thread scan;
    if (how_.indexes && !look_up_) scan = std::thread([this] { scanned_ = scan_indexes(); });
    check_parts(head);
    if (scan.joinable()) scan.join();
    if (wrong_) return wrong_->what;
    if (how_.indexes) {
      PALABRE_TRY(compare_indexes());
      PALABRE_TRY(check_heads());
    }
    return checked_log{head.value - how_.after.value, heads_.size(), away_};
  }

private:
  void check_parts(position head) {
    const std::uint64_t parts = (head.value - how_.after.value + records_per_part - 1) / records_per_part;
    const std::size_t slots = slots_per_thread * how_.threads;
    std::vector<part_check> checks;
    for (std::size_t i = 0; i < slots; ++i) checks.emplace_back(log_, how_, key_, look_up_);
    const auto end_of = [&](std::uint64_t part) {
      return position{std::min(head.value, how_.after.value + (part + 1) * records_per_part)};
    };
    work_in_order(
        how_.threads, slots, parts,
        [&](std::uint64_t part, std::size_t slot) {
          checks[slot].run({how_.after.value + part * records_per_part}, end_of(part));
        },
        [&](std::uint64_t part, std::size_t slot) {
          join(checks[slot]);
          if (!wrong_ && how_.progress && !how_.progress(end_of(part)))
            wrong_ = finding{end_of(part), {errc::abandoned, "interrupted"}};
          return !wrong_;
        });
  }

  /// Continues the streams by what the next part has of them.
  void join(const part_check& part) {
    wrong_ = part.wrong();
    away_ += part.away();
    for (const auto& [stream, next] : part.streams()) {
      const auto sound = continue_stream(stream, next);
      if (!sound && (!wrong_ || next.first < wrong_->at)) wrong_ = finding{next.first, sound.error()};
    }
    rows_.merge(part.rows());
  }

  result<void> continue_stream(const stream_id& stream, const stretch& next) {
    auto found = heads_.find(stream);
    if (found == heads_.end()) {
      PALABRE_TRY(const stream_head before, head_before(stream, next));
      found = heads_.emplace(stream, before).first;
    }
    PALABRE_TRY(follows(how_, stream, found->second, next.first_version, next.previous, next.first));
    found->second = next.last;
    return success();
  }

  /// Where a stream stood before the records that are checked, by its last record before them.
  result<stream_head> head_before(const stream_id& stream, const stretch& next) const {
    if (how_.after.value == 0 || next.first_version <= 1) return stream_head{};
    PALABRE_TRY(const auto at, log_.find_version(stream, next.first_version - 1));
    if (!at || *at > how_.after)
      return corrupt_at(next.first, "the index of " + how_.name_of(stream) + " does not lead to the version before it");
    const auto before = log_.read(*at);
    if (!before && before.error().code == errc::not_found) return archived_head(stream, *at);
    if (!before) return before.error();
    if (before.value().view.stream != stream) return corrupt_at(*at, "is not of " + how_.name_of(stream));
    return stream_head{before.value().view.version, *at, before.value().hash};
  }

  /// By its row: its segment is not at hand.
  result<stream_head> archived_head(const stream_id& stream, position at) const {
    std::optional<stream_head> head;
    PALABRE_TRY(log_.scan_in_place(
        {at.value - 1}, at,
        [&](const record& r, std::string_view stored) {
          if (r.stream == stream) head = stream_head{r.version, r.at, chain_hash_of(r, stored)};
          return true;
        },
        event_log::archived::as_rows));
    if (!head) return corrupt_at(at, "is not of " + how_.name_of(stream));
    return *head;
  }

  bool is_in_range(position at) const { return at > how_.after && at <= log_.head(); }

  /// Runs beside the parts. What lies beyond the head of a log that is being written is left out.
  result<void> scan_indexes() {
    PALABRE_TRY(log_.scan_versions([&](const stream_id& stream, stream_version version, position at) {
      if (is_in_range(at)) stored_.add_version(stream, version, at);
      return true;
    }));
    return log_.scan_commands([&](const short_digest& scope, const done_command& command) {
      if (is_in_range(command.first)) stored_.add_command(scope, command);
      return true;
    });
  }

  result<void> compare_indexes() const {
    if (look_up_) return success();
    PALABRE_TRY(scanned_);
    if (stored_ == rows_) return success();
    PALABRE_TRY(name_unindexed());
    return error{errc::corrupt, "the indexes of streams or of idempotency keys have rows that no record stands for: " +
                                    rows_in(stored_) + ", where the records make " + rows_in(rows_)};
  }
  static std::string rows_in(const index_rows& rows) {
    return std::to_string(rows.versions.size()) + " and " + std::to_string(rows.commands.size());
  }

  /// The first record that the indexes do not lead to.
  result<void> name_unindexed() const {
    result<void> sound = success();
    PALABRE_TRY(log_.scan(how_.after, log_.head(), [&](const committed_record& r) {
      sound = look_up(log_, how_, r.view);
      return sound.has_value();
    }));
    return sound;
  }

  result<void> check_heads() const {
    std::size_t seen = 0;
    result<void> sound = success();
    PALABRE_TRY(log_.scan_heads([&](const stream_id& stream, const stream_head& stored) {
      const auto found = heads_.find(stream);
      if (found == heads_.end()) {
        if (is_in_range(stored.at) || how_.after.value == 0)
          sound = corrupt_at(stored.at, how_.name_of(stream) + " has a head and no record");
      } else {
        ++seen;
        if (!(found->second == stored))
          sound =
              corrupt_at(found->second.at, "the last record of " + how_.name_of(stream) + " is not what its head says");
      }
      return sound.has_value();
    }));
    PALABRE_TRY(std::move(sound));
    if (seen != heads_.size())
      return error{errc::corrupt, "streams without a head: " + std::to_string(heads_.size() - seen)};
    return success();
  }

  const event_log& log_;
  const log_check& how_;
  const bool look_up_;
  system_randomness random_;
  const row_set_key key_;
  std::unordered_map<stream_id, stream_head> heads_;
  index_rows rows_, stored_; ///< what the records make; what the indexes hold
  result<void> scanned_ = success();
  std::optional<finding> wrong_;
  std::uint64_t away_ = 0;
};

} // namespace

result<checked_log> check(const event_log& log, const log_check& how) {
  return checking(log, how).run();
}

} // namespace palabre::storage
