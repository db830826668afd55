#include "app/views_rebuild.hpp"

#include "app/keys.hpp"
#include "projections/log_fold.hpp"
#include "projections/tables.hpp"

#include <algorithm>
#include <filesystem>

namespace palabre::app {
namespace {

using storage::views_directories;
using storage::views_store;
using projection_list = std::vector<projections::projection*>;
using store_ptr = std::unique_ptr<views_store>;

/// Events that may come while the others are folded, and are left: for after the files are written, and for the
/// projector, which stands still for them.
constexpr std::uint64_t left_for_writing_max = 10'000, left_for_switch_max = 1'000;
/// Under more load than can be caught up with, the rest is done while the projector stands still.
constexpr int rounds_max = 10;

void remove_directory(const std::string& directory) {
  std::error_code ignored; // nothing refers to it; the next start tries again
  std::filesystem::remove_all(directory, ignored);
}

result<projections::projection*> projection_named(const projection_list& all, const std::string& name) {
  std::string known;
  for (projections::projection* p : all) {
    if (p->name() == name) return p;
    known += known.empty() ? "" : ", ";
    known += p->name();
  }
  return error{errc::not_found, "there is no projection " + name + "; there are " + known};
}

/// Folds up to the log's head, which may move on meanwhile.
result<void> fold_to_head(const storage::event_log& log, views_store& into, const projection_list& all,
                          computed_views& made, const tell_rebuild& tell) {
  for (int round = 0; round < rounds_max; ++round) {
    const position head = log.head();
    if (head <= made.at || (round > 0 && head.value - made.at.value <= left_for_writing_max)) break;
    PALABRE_TRY(projections::fold_log(log, into, all, made.at, head,
                                      [&](position done) { return tell(done.value, head.value, "folding"); }));
    made.folded += head.value - made.at.value;
    made.at = head;
  }
  return success();
}

result<computed_views> write(std::unique_ptr<views_store> into, computed_views made, const tell_rebuild& tell) {
  tell(made.at.value, made.at.value, "writing");
  PALABRE_TRY(views_store::finish(std::move(into), made.at, made.fingerprint));
  return made;
}

/// One projection's tables anew, the others as `present` has them.
result<computed_views> compute_one(const storage::event_log& log, computed_views made, const projection_list& all,
                                   projections::projection& only, const views_store* present,
                                   const tell_rebuild& tell) {
  const error whole{errc::conflict, "the other projections' views are not there, or of another version or log; "
                                    "compute all of them, without --projection"};
  if (present == nullptr) return whole;
  PALABRE_TRY(const std::string print, present->fingerprint());
  if (print != made.fingerprint) return whole;
  const auto owned = only.owned_tables();
  PALABRE_TRY(auto into, views_store::begin_with(made.directory, projections::tables::forms, *present,
                                                 {owned.begin(), owned.end()}));
  PALABRE_TRY(made.at, into->checkpoint());
  if (made.at > log.head()) return whole;
  PALABRE_TRY(projections::fold_log(log, *into, {&only}, {}, made.at,
                                    [&](position done) { return tell(done.value, made.at.value, only.name()); }));
  made.folded = made.at.value;
  PALABRE_TRY(fold_to_head(log, *into, all, made, tell));
  return write(std::move(into), made, tell);
}

result<computed_views> compute_all(const storage::event_log& log, computed_views made, const projection_list& all,
                                   const views_store* present, const tell_rebuild& tell) {
  PALABRE_TRY(auto into, views_store::begin(made.directory, projections::tables::forms));
  PALABRE_TRY(fold_to_head(log, *into, all, made, tell));
  // Disposable: of those that cannot be read the next wake-ups make others.
  if (present != nullptr) static_cast<void>(into->take_snapshots_of(*present));
  return write(std::move(into), made, tell);
}

/// The views of a stopped server, to be read; null: there are none that can be.
store_ptr present_views(const std::string& data) {
  auto present = views_store::open_read_only(views_directory(data), projections::tables::forms);
  return present ? std::move(present).value() : nullptr;
}

/// The same to take the files of, which a reader may not. Errors: conflict: of another version.
result<store_ptr> own_present_views(const std::string& data, const std::string& fingerprint) {
  const auto looked_at = present_views(data); // because opening would empty others
  const auto print = looked_at ? looked_at->fingerprint() : result<std::string>(std::string{});
  if (!print || print.value() != fingerprint) return store_ptr{};
  PALABRE_TRY(auto present, views_store::open(views_directory(data), projections::tables::forms, fingerprint));
  if (present->was_emptied()) present.reset();
  return present;
}

/// Folds on until little is left.
result<void> catch_up(const storage::event_log& log, views_store& fresh, const tell_rebuild& tell) {
  all_projections projections;
  for (int round = 0; round < rounds_max; ++round) {
    PALABRE_TRY(const position at, fresh.checkpoint());
    const position head = log.head();
    if (head.value - at.value <= left_for_switch_max) break;
    if (!tell(at.value, head.value, "catching up")) return error{errc::abandoned, "given up"};
    PALABRE_TRY(projections::fold_onto(log, fresh, projections.list(), at, head));
  }
  return success();
}

} // namespace

result<computed_views> compute_views(const storage::event_log& log, const std::string& data, const std::string& only,
                                     const views_store* present, const tell_rebuild& tell) {
  all_projections projections;
  const projection_list all = projections.list();
  computed_views made{views_directories(data).unused(), projections::fingerprint(all, log.epoch()), {}, 0};
  projections::projection* one = nullptr;
  if (!only.empty()) {
    PALABRE_TRY(one, projection_named(all, only));
  }
  auto computed =
      one != nullptr ? compute_one(log, made, all, *one, present, tell) : compute_all(log, made, all, present, tell);
  if (!computed) remove_directory(made.directory);
  return computed;
}

result<computed_views> rebuild_stopped(const std::string& data, const std::string& only, const tell_rebuild& tell) {
  if (!std::filesystem::exists(log_directory(data))) return error{errc::not_found, "there is no log in " + data};
  system_randomness random;
  PALABRE_TRY(const auto log,
              storage::event_log::open(log_directory(data), storage::event_log::access::read_write, random));
  PALABRE_TRY(seal_log(data, *log, random));
  const views_directories directories(data);
  directories.remove_others();
  store_ptr present;
  if (only.empty()) {
    present = present_views(data);
  } else {
    all_projections projections;
    PALABRE_TRY(present, own_present_views(data, projections::fingerprint(projections.list(), log->epoch())));
  }
  PALABRE_TRY(auto made, compute_views(*log, data, only, present.get(), tell));
  present.reset();
  PALABRE_TRY(directories.switch_to(made.directory));
  directories.remove_others();
  return made;
}

result<computed_views> rebuild_serving(const storage::event_log& log, const std::string& data, const std::string& only,
                                       views_store& views, projections::projector& projector,
                                       const tell_rebuild& tell) {
  PALABRE_TRY(auto made, compute_views(log, data, only, &views, tell));
  auto switched = [&]() -> result<store_ptr> {
    PALABRE_TRY(auto fresh, views_store::open(made.directory, projections::tables::forms, made.fingerprint));
    PALABRE_TRY(catch_up(log, *fresh, tell));
    return projector.exchange(std::move(fresh));
  }();
  if (!switched) {
    remove_directory(made.directory);
    return switched.error();
  }
  PALABRE_TRY(views_directories(data).switch_to(made.directory)); // before this the old rows would do as well
  const std::string before = switched.value()->directory();
  switched.value().reset(); // waits for readers
  remove_directory(before);
  return made;
}

} // namespace palabre::app
