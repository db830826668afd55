#include "app/recover.hpp"

#include "app/commands.hpp"
#include "app/draft_directory.hpp"
#include "app/file_error.hpp"
#include "app/record_progress.hpp"
#include "app/store.hpp"

#include "storage/log_builder.hpp"
#include "storage/log_opening.hpp"
#include "storage/log_repair.hpp"
#include "storage/log_survey.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;
using storage::event_log;

struct diagnosis {
  std::optional<std::string> found;        ///< the damage; nullopt: none
  position whole;                          ///< what can be read and is whole
  std::optional<position> acked;           ///< nullopt: the watermark is gone, or damaged
  std::optional<draft_directory> repaired; ///< a copy that was made readable; outlives `log`
  std::unique_ptr<event_log> log;          ///< null: nothing can be read
};

using opened_log = result<std::unique_ptr<event_log>>;

/// A copy of the files, with a new list of them made by RocksDB.
opened_log open_repaired(const std::string& data, diagnosis& d) {
  PALABRE_TRY(auto draft, draft_directory::make(data + "/repair"));
  d.repaired.emplace(std::move(draft));
  const std::string copy = log_directory(d.repaired->path());
  PALABRE_TRY(storage::repair_copy(log_directory(data), copy));
  system_randomness random;
  return event_log::open(copy, event_log::access::read_only, random);
}

/// Leaves `log` null when nothing can be read.
result<void> open_readable(const std::string& data, diagnosis& d) {
  system_randomness random;
  opened_log log = event_log::open(log_directory(data), event_log::access::read_only, random);
  if (!log && log.error().code == errc::from_the_future) return log.error();
  std::error_code ignored;
  if (!log && !fs::is_directory(log_directory(data), ignored)) return success();
  if (!log) log = open_repaired(data, d);
  if (log)
    d.log = std::move(log).value();
  else
    d.found = d.found.value_or("") + "; not even a new list of its files helps: " + log.error().context;
  return success();
}

/// The record that was acked last must be the one that is there.
result<void> check_acked(const std::optional<storage::acked_mark>& mark, diagnosis& d) {
  if (!mark || mark->head.value == 0 || mark->head > d.whole) return success();
  PALABRE_TRY(const storage::committed_record last, d.log->read(mark->head));
  if (last.hash != mark->hash)
    d.found = "position " + std::to_string(mark->head.value) + ": is not the record that was acked there";
  return success();
}

result<diagnosis> diagnose(const std::string& data) {
  diagnosis d;
  const std::string directory = log_directory(data);
  const auto mark = storage::watermark::read(storage::watermark_path(directory));
  std::error_code ignored;
  if (!fs::exists(directory, ignored) && mark && !mark.value())
    return error{errc::io, "there is no log in " + directory};
  if (mark && mark.value()) d.acked = mark.value()->head;
  const auto openable = storage::check_openable(directory);
  if (!openable && openable.error().code != errc::corrupt) return openable.error();
  if (!openable) d.found = openable.error().context;
  PALABRE_TRY(open_readable(data, d));
  if (!d.log) return d;
  record_progress shown("reading the log", {}, d.log->head());
  PALABRE_TRY(auto findings, storage::survey(*d.log, [&](position at) { shown.reach(at); }));
  d.whole = findings.whole;
  if (!d.found) d.found = std::move(findings.found);
  if (!d.found) d.found = d.log->damage(); // where no record is: the survey does not see it
  if (!d.found && mark) {
    PALABRE_TRY(check_acked(mark.value(), d));
  }
  return d;
}

std::string span(position first, position last) {
  return "positions " + std::to_string(first.value) + " to " + std::to_string(last.value);
}

void describe(const diagnosis& d, std::ostream& out) {
  out << "found:    " << *d.found << '\n';
  out << "readable: " << d.whole.value << " events" << (d.whole.value > 0 ? ", " + span({1}, d.whole) : "") << '\n';
  out << "at stake: ";
  if (!d.acked)
    out << "unknown: there is no readable watermark that says how much was acknowledged\n";
  else if (*d.acked > d.whole)
    out << d.acked->value - d.whole.value << " acknowledged events, " << span(d.whole.next(), *d.acked) << '\n';
  else
    out << "no acknowledged event\n";
}

/// A name for what is put aside now.
std::string time_name() {
  std::string name = to_rfc3339(wall_clock().now());
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

/// What a killed run left: beginnings of new logs, nothing else is ever called so. Requires: the lock.
void remove_drafts(const std::string& above) {
  std::error_code ignored;
  for (const auto& each : fs::directory_iterator(above, ignored))
    if (each.path().extension() == ".partial") fs::remove_all(each.path(), ignored);
}

/// Where the damaged log goes. The new one is made in it, under the name .partial; when that is whole the folder gets
/// its own name, and then the two logs change places.
class lost_folder {
public:
  static result<lost_folder> make(const std::string& data) {
    const std::string above = data + "/lost";
    PALABRE_TRY(storage::make_directory(above));
    remove_drafts(above);
    lost_folder made(above + "/" + time_name());
    if (::mkdir(made.directory_.c_str(), 0700) != 0) return file_error(made.directory_);
    return made;
  }
  lost_folder(lost_folder&& other) noexcept
      : name_(std::move(other.name_)), directory_(std::exchange(other.directory_, {})) {}
  ~lost_folder() {
    std::error_code ignored;
    if (!directory_.empty() && !holds_the_old_) fs::remove_all(directory_, ignored);
  }

  /// As it is called by now.
  const std::string& path() const { return directory_; }
  std::string log() const { return directory_ + "/log"; }

  /// Requires: all that belongs into it is there.
  result<void> name_it() {
    PALABRE_TRY(sync_tree(directory_));
    if (::rename(directory_.c_str(), name_.c_str()) != 0) return file_error(name_);
    directory_ = name_;
    return storage::sync_directory(fs::path(name_).parent_path());
  }
  /// From here on the log in `data` is the new one and the old one is here: one step.
  result<void> exchange(const std::string& data) {
    const std::string current = log_directory(data);
    std::error_code ignored;
    const unsigned how = fs::exists(current, ignored) ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, log().c_str(), AT_FDCWD, current.c_str(), how) != 0) return file_error(current);
    holds_the_old_ = true;
    const std::string mark = storage::watermark_path(current);
    if (::rename(mark.c_str(), storage::watermark_path(log()).c_str()) != 0 && errno != ENOENT) return file_error(mark);
    PALABRE_TRY(storage::sync_directory(directory_));
    return storage::sync_directory(data);
  }

private:
  explicit lost_folder(const std::string& path) : name_(path), directory_(path + ".partial") {}
  std::string name_, directory_;
  bool holds_the_old_ = false;
};

result<void> build(const diagnosis& d, storage::log_builder& into) {
  if (!d.log) return into.finish();
  into.note_key_id(d.log->key_id_max());
  record_progress shown("writing what is whole", {}, d.whole);
  result<void> added = success();
  const auto take = [&](const storage::committed_record& r) {
    added = into.add(r);
    shown.reach(r.view.at);
    return added.has_value();
  };
  const auto scanned = d.log->scan({}, d.whole, take, event_log::archived::as_rows);
  PALABRE_TRY(std::move(added));
  if (!scanned && into.head() != d.whole) return scanned.error(); // reading ahead may have met the damage behind
  return into.finish();
}

result<void> write_note(const diagnosis& d, const std::string& path) {
  std::ofstream note(path);
  describe(d, note);
  note.close();
  if (!note) return error{errc::io, "cannot write " + path};
  return success();
}

result<void> go_on_without(const std::string& data, const diagnosis& d, std::ostream& out) {
  PALABRE_TRY(lost_folder lost, lost_folder::make(data));
  system_randomness random;
  const std::string epoch = storage::random_epoch(random);
  PALABRE_TRY(auto made, storage::log_builder::create(lost.log(), epoch));
  PALABRE_TRY(build(d, *made));
  PALABRE_TRY(write_note(d, lost.path() + "/found.txt"));
  PALABRE_TRY(const auto new_one_alone, storage::log_lock::take(lost.log())); // until its watermark is there
  PALABRE_TRY(lost.name_it());
  PALABRE_TRY(lost.exchange(data));
  PALABRE_TRY(storage::write_watermark(log_directory(data), made->head(), made->hash(), epoch, true));
  out << "kept:     " << lost.path() << " holds the log as it was\n";
  out << "log: head " << made->head().value << ", new epoch " << epoch << '\n';
  return success();
}

/// Nobody may begin to write what is being looked at, and then replaced. nullopt: there is nothing to lock.
result<std::optional<storage::log_lock>> lock_log(const std::string& data) {
  std::optional<storage::log_lock> alone;
  if (std::error_code ignored; fs::exists(log_directory(data), ignored)) {
    PALABRE_TRY(auto lock, storage::log_lock::take(log_directory(data)));
    alone.emplace(std::move(lock));
  }
  return alone;
}

} // namespace

int recover(const std::string& data, bool accept_loss, std::ostream& out, std::ostream& errors) {
  const auto alone = lock_log(data);
  if (!alone) return fail(errors, alone.error());
  auto found = diagnose(data);
  if (!found) return fail(errors, found.error());
  const diagnosis& d = found.value();
  if (!d.found) {
    out << "log: " << d.whole.value << " events, nothing is damaged; nothing was changed\n";
    return 0;
  }
  describe(d, out);
  if (!accept_loss) {
    errors << "palabre: nothing was changed. `palabre recover --accept-loss --data " << data
           << "` goes on from what is readable and keeps the damaged log in " << data << "/lost\n";
    return 2;
  }
  const auto done = go_on_without(data, d, out);
  if (!done) return fail(errors, done.error());
  return 0;
}

error with_advice(const error& found, const std::string& data) {
  if (found.code != errc::corrupt) return found;
  return {found.code, found.context + ". `palabre recover --data " + data +
                          "` says what is at stake; `palabre recover --accept-loss --data " + data +
                          "` goes on from what can be read"};
}

} // namespace palabre::app
