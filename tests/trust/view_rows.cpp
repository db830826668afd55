#include "view_rows.hpp"

#include "app/store.hpp"
#include "projections/tables.hpp"

namespace palabre::trust {

result<all_rows> rows_of(const storage::views_store& views) {
  all_rows all;
  for (storage::table t = 0; t < projections::tables::names.size(); ++t) {
    PALABRE_TRY(views.range(t, "", std::string(300, '\xFF'), true, [&](std::string_view key, std::string_view row) {
      all.emplace_back(projections::tables::names[t] + std::string(key), row);
      return true;
    }));
  }
  return all;
}

result<void> with_views(const storage::event_log& log, const std::shared_ptr<memory_disk>& disk,
                        const std::function<result<void>(storage::views_store&)>& use) {
  app::all_projections projections;
  const std::string fingerprint = projections::fingerprint(projections.list(), log.epoch());
  PALABRE_TRY(const auto views,
              storage::views_store::open("/data/views", projections::tables::names, fingerprint, disk));
  projections::projector projector(log, *views, projections.list());
  PALABRE_TRY(projector.catch_up());
  return use(*views);
}

result<all_rows> rebuilt_rows(const storage::event_log& log) {
  all_rows rows;
  PALABRE_TRY(with_views(log, std::make_shared<memory_disk>(), [&](storage::views_store& views) -> result<void> {
    PALABRE_TRY(rows, rows_of(views));
    return success();
  }));
  return rows;
}

} // namespace palabre::trust
