// How a directory of views is opened, begun anew, built and finished.

#include "storage/log_rows.hpp"
#include "storage/views_store_state.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>

namespace palabre::storage {
namespace {

using families = rocksdb_instance::families;

constexpr std::size_t reading_cache_bytes = 8 * 1024 * 1024; // tools read each row once
constexpr int reading_attempts_max = 5; // beside a writer: files may be replaced while they are being opened
constexpr std::string_view table_family_prefix = "t.";

rocksdb::DBOptions on(rocksdb::Env& env, rocksdb::DBOptions options) {
  options.env = &env;
  return options;
}

/// Removes every file of a store that nobody else has open. Errors: io: somebody has.
result<void> empty_directory(const std::string& directory, rocksdb::Env& env) {
  const std::string lock_name = directory + "/LOCK";
  rocksdb::FileLock* lock = nullptr;
  auto status = env.LockFile(lock_name, &lock);
  if (!status.ok()) return to_error(status, directory);
  std::vector<std::string> files;
  auto removed = env.GetChildren(directory, &files);
  for (const std::string& file : files)
    if (removed.ok() && file != "LOCK" && file != "." && file != "..") removed = env.DeleteFile(directory + "/" + file);
  status = env.UnlockFile(lock);
  if (!removed.ok()) return to_error(removed, directory);
  if (!status.ok()) return to_error(status, directory);
  return success();
}

rocksdb_instance::opened create(const rocksdb::DBOptions& how, const std::string& directory, const families& which) {
  const auto made = how.env->CreateDirIfMissing(directory);
  if (!made.ok()) return to_error(made, directory);
  PALABRE_TRY(empty_directory(directory, *how.env));
  rocksdb::DBOptions options = how;
  options.create_if_missing = true;
  return rocksdb_instance::open(options, directory, which);
}

std::unique_ptr<views_rows> rows_of(const std::string& directory, std::size_t tables,
                                    std::unique_ptr<rocksdb_instance> instance) {
  auto rows = std::make_unique<views_rows>();
  rows->directory = directory;
  rows->instance = std::move(instance);
  rows->tables = tables;
  return rows;
}

/// The families in the directory, sorted. Errors: io: it could not be asked, which is no reason to empty it; corrupt.
result<std::vector<std::string>> families_in(const std::string& directory, rocksdb::Env& env) {
  std::vector<std::string> found;
  const auto status = rocksdb::DB::ListColumnFamilies(on(env, views_options()), directory, &found);
  if (!status.ok()) return to_error(status, directory);
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> names_of(const families& which) {
  std::vector<std::string> names;
  for (const rocksdb::ColumnFamilyDescriptor& family : which) names.push_back(family.name);
  std::sort(names.begin(), names.end());
  return names;
}

/// Empties families by dropping them, which touches no row, and making them again.
result<void> make_anew(const rocksdb_instance& instance, const std::vector<rocksdb::ColumnFamilyHandle*>& dropped,
                       const families& made) {
  auto status = instance.db().DropColumnFamilies(dropped);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  if (status.ok()) status = instance.db().CreateColumnFamilies(made, &handles);
  for (auto* handle : handles) instance.db().DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  if (!status.ok()) return to_error(status, "the tables of the views");
  return success();
}

/// Errors: io.
result<void> change_meta(const rocksdb_instance& instance, std::string_view key, const std::string* row) {
  rocksdb::WriteOptions synced; // what it says must not outlive what it is said of
  synced.sync = true;
  auto* const meta = instance.family(views_family_meta);
  const auto status = row != nullptr ? instance.db().Put(synced, meta, slice(key), *row)
                                     : instance.db().Delete(synced, meta, slice(key));
  if (!status.ok()) return to_error(status, "views");
  return success();
}

/// The families of `found` in an order that begins as ours do; nullopt: it lacks one of those that always are.
std::optional<families> openable(const std::vector<std::string>& found, const families& wanted) {
  families which(wanted.begin(), wanted.begin() + views_family_tables);
  for (const auto& family : which)
    if (!std::binary_search(found.begin(), found.end(), family.name)) return std::nullopt;
  for (const std::string& name : found)
    if (name.starts_with(table_family_prefix)) which.emplace_back(name, wanted.back().options);
  if (which.size() != found.size()) return std::nullopt;
  return which;
}

/// Rows go, snapshots stay. False: there is nothing worth keeping. Errors: io.
result<bool> drop_rows(const std::string& directory, const std::vector<std::string>& found, const families& wanted,
                       rocksdb::Env& env) {
  const auto which = openable(found, wanted);
  if (!which) return false;
  const auto instance = rocksdb_instance::open(on(env, views_options()), directory, *which);
  if (!instance && instance.error().code == errc::corrupt) return false;
  if (!instance) return instance.error();
  const rocksdb_instance& store = *instance.value();
  PALABRE_TRY(change_meta(store, views_fingerprint_key, nullptr));
  PALABRE_TRY(change_meta(store, views_checkpoint_key, nullptr));
  std::vector<rocksdb::ColumnFamilyHandle*> tables;
  for (std::size_t i = views_family_tables; i < which->size(); ++i) tables.push_back(store.family(i));
  PALABRE_TRY(make_anew(store, tables, families(wanted.begin() + views_family_tables, wanted.end())));
  return true;
}

/// The store as it is, if its rows can go on being used; null: they cannot. Errors: io; corrupt.
rocksdb_instance::opened open_usable(const std::string& directory, const std::vector<std::string>& found,
                                     const families& wanted, const std::string& fingerprint, rocksdb::Env& env) {
  if (found != names_of(wanted)) return nullptr;
  PALABRE_TRY(auto instance, rocksdb_instance::open(on(env, views_options()), directory, wanted));
  const auto rows = rows_of(directory, 0, std::move(instance));
  PALABRE_TRY(const auto print, rows->get(views_family_meta, views_fingerprint_key));
  if (print != fingerprint) return nullptr;
  return std::move(rows->instance);
}

/// As it is, or without its rows; null: it is damaged, or of nobody known. Errors: io.
rocksdb_instance::opened open_or_drop_rows(const std::string& directory, const families& wanted,
                                           const std::string& fingerprint, bool& dropped, rocksdb::Env& env) {
  const auto found = families_in(directory, env);
  if (!found && found.error().code == errc::corrupt) return nullptr;
  if (!found) return found.error();
  auto usable = open_usable(directory, found.value(), wanted, fingerprint, env);
  if (!usable && usable.error().code == errc::corrupt) return nullptr;
  if (!usable || usable.value()) return usable;
  PALABRE_TRY(dropped, drop_rows(directory, found.value(), wanted, env));
  if (!dropped) return nullptr;
  PALABRE_TRY(auto instance, rocksdb_instance::open(on(env, views_options()), directory, wanted));
  PALABRE_TRY(change_meta(*instance, views_fingerprint_key, &fingerprint));
  return instance;
}

} // namespace

result<std::unique_ptr<views_store>> views_store::open(const std::string& directory,
                                                       const std::vector<table_form>& tables,
                                                       const std::string& fingerprint,
                                                       const std::shared_ptr<rocksdb::FileSystem>& disk) {
  const families wanted = views_families(tables);
  std::unique_ptr<rocksdb::Env> own = disk ? rocksdb::NewCompositeEnv(disk) : nullptr;
  rocksdb::Env& env = own ? *own : *rocksdb::Env::Default();
  std::unique_ptr<rocksdb_instance> instance;
  bool emptied = false;
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, env));
  if (is_there) {
    PALABRE_TRY(instance, open_or_drop_rows(directory, wanted, fingerprint, emptied, env));
    emptied = emptied || !instance;
  }
  if (!instance) {
    PALABRE_TRY(instance, create(on(env, views_options()), directory, wanted));
    PALABRE_TRY(change_meta(*instance, views_fingerprint_key, &fingerprint));
  }
  auto rows = rows_of(directory, tables.size(), std::move(instance));
  rows->env = std::move(own);
  auto opened = std::make_unique<state>(std::move(rows));
  opened->was_emptied = emptied;
  return std::unique_ptr<views_store>{new views_store(std::move(opened))};
}

result<std::unique_ptr<views_store>> views_store::open_read_only(const std::string& directory,
                                                                 const std::vector<table_form>& tables) {
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, *rocksdb::Env::Default()));
  if (!is_there) return error{errc::not_found, "no views in " + directory};
  result<std::unique_ptr<rocksdb_instance>> instance = error{errc::io, directory};
  for (int attempt = 0; attempt < reading_attempts_max && !instance; ++attempt)
    instance =
        rocksdb_instance::open_secondary(views_options(), directory, views_families(tables, reading_cache_bytes));
  if (!instance) return instance.error();
  auto opened = std::make_unique<state>(rows_of(directory, tables.size(), std::move(instance).value()));
  return std::unique_ptr<views_store>{new views_store(std::move(opened))};
}

result<std::unique_ptr<views_store>> views_store::begin(const std::string& directory,
                                                        const std::vector<table_form>& tables) {
  PALABRE_TRY(auto instance, create(views_building_options(), directory, views_building_families(tables)));
  auto begun = std::make_unique<state>(rows_of(directory, tables.size(), std::move(instance)));
  begun->rows.own().writing.disableWAL = true;
  return std::unique_ptr<views_store>{new views_store(std::move(begun))};
}

result<std::unique_ptr<views_store>> views_store::begin_with(const std::string& directory,
                                                             const std::vector<table_form>& tables,
                                                             const views_store& source,
                                                             const std::vector<table>& without) {
  {
    rocksdb::Checkpoint* raw = nullptr;
    const auto pinned = source.state_->rows.pin();
    auto status = rocksdb::Checkpoint::Create(&pinned->instance->db(), &raw);
    const std::unique_ptr<rocksdb::Checkpoint> files{raw};
    if (status.ok()) status = files->CreateCheckpoint(directory);
    if (!status.ok()) return to_error(status, directory);
  }
  const families which = views_building_families(tables);
  {
    PALABRE_TRY(const auto instance, rocksdb_instance::open(views_building_options(), directory, which));
    std::vector<rocksdb::ColumnFamilyHandle*> dropped;
    families made;
    for (const table t : without) {
      dropped.push_back(instance->family(views_family_tables + t));
      made.push_back(which[views_family_tables + t]);
    }
    PALABRE_TRY(make_anew(*instance, dropped, made));
  }
  PALABRE_TRY(auto instance, rocksdb_instance::open(views_building_options(), directory, which));
  auto begun = std::make_unique<state>(rows_of(directory, tables.size(), std::move(instance)));
  begun->rows.own().writing.disableWAL = true;
  return std::unique_ptr<views_store>{new views_store(std::move(begun))};
}

result<void> views_store::finish(std::unique_ptr<views_store> built, position checkpoint,
                                 const std::string& fingerprint) {
  views_rows& rows = built->state_->rows.own();
  const auto flushed = [&](std::size_t first, std::size_t end) -> result<void> {
    std::vector<rocksdb::ColumnFamilyHandle*> which;
    for (std::size_t i = first; i < end; ++i) which.push_back(rows.instance->family(i));
    const auto status = rows.instance->db().Flush(rocksdb::FlushOptions{}, which);
    if (!status.ok()) return to_error(status, rows.directory);
    return success();
  };
  PALABRE_TRY(flushed(views_family_snapshot, views_family_tables + rows.tables));
  PALABRE_TRY(rows.put(views_family_meta, views_checkpoint_key, view_of(key_of(checkpoint))));
  PALABRE_TRY(rows.put(views_family_meta, views_fingerprint_key, fingerprint));
  return flushed(views_family_meta, views_family_snapshot);
}

} // namespace palabre::storage
