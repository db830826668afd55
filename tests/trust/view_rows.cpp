#include "view_rows.hpp"

#include "app/store.hpp"
#include "base/assert.hpp"
#include "projections/log_fold.hpp"
#include "projections/tables.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace palabre::trust {
namespace {

struct temporary_folder {
  temporary_folder() : path((std::filesystem::temp_directory_path() / "palabre-views-XXXXXX").string()) {
    PALABRE_ASSERT(mkdtemp(path.data()) != nullptr);
  }
  ~temporary_folder() {
    std::error_code ignored; // nothing rests on it
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

} // namespace

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
              storage::views_store::open("/data/views", projections::tables::forms, fingerprint, disk));
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

result<all_rows> rows_folded_at_once(const storage::event_log& log) {
  const temporary_folder folder;
  PALABRE_TRY(const auto into, storage::views_store::begin(folder.path + "/views", projections::tables::forms));
  app::all_projections projections;
  PALABRE_TRY(projections::fold_log(log, *into, projections.list(), {}, log.head(), [](position) { return true; }));
  return rows_of(*into);
}

std::string difference(const all_rows& are, const all_rows& should_be) {
  const auto [is, other] = std::mismatch(are.begin(), are.end(), should_be.begin(), should_be.end());
  if (is == are.end() && other == should_be.end()) return {};
  const auto told = [](const all_rows& rows, auto row) {
    return row == rows.end() ? std::string("none") : to_hex(row->first) + " = " + to_hex(row->second);
  };
  return "the views are not what a rebuild makes: row " + told(are, is) + ", rebuilt " + told(should_be, other);
}

} // namespace palabre::trust
