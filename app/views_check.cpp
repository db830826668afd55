#include "app/views_check.hpp"

#include "app/record_progress.hpp"
#include "app/store.hpp"

#include "projections/log_fold.hpp"
#include "projections/tables.hpp"

namespace palabre::app {
namespace {

/// Folds the log anew, up to where the views are.
result<void> rebuild(const storage::event_log& log, position last, const ending& end, storage::views_store& into) {
  record_progress shown("computing the views anew", {}, last, record_progress::elsewhere::if_it_takes_long);
  all_projections projections;
  return projections::fold_log(log, into, projections.list(), {}, last, [&](position reached) {
    shown.reach(reached);
    return !end.is_asked();
  });
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
                                    storage::table t, const ending& end) {
  table_reader a(stored, t), b(fresh, t);
  for (std::uint64_t count = 0;; ++count) {
    PALABRE_TRY(end.check());
    PALABRE_TRY(auto is, a.next());
    PALABRE_TRY(auto should_be, b.next());
    if (!is && !should_be) return count;
    if (!is || !should_be || *is != *should_be) {
      const std::string& key = is ? is->first : should_be->first;
      return error{errc::corrupt, "read model " + projections::tables::names[t] + ", key " + to_hex(key) +
                                      ": not what the log says; `palabre rebuild` computes them anew"};
    }
  }
}

} // namespace

result<void> check_views(const storage::event_log& log, const storage::views_store& views, const ending& end,
                         std::ostream& out) {
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
  PALABRE_TRY(rebuild(log, checkpoint, end, fresh->store()));
  std::uint64_t rows = 0;
  for (storage::table t = 0; t < projections::tables::names.size(); ++t) {
    PALABRE_TRY(auto count, compare_table(views, fresh->store(), t, end));
    rows += count;
  }
  out << "views: " << rows << " rows equal a fresh rebuild up to position " << checkpoint.value << '\n';
  return success();
}

} // namespace palabre::app
