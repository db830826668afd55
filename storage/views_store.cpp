#include "storage/views_store.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "storage/hot_rows.hpp"
#include "storage/log_rows.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

namespace palabre::storage {
namespace {

constexpr std::string_view fingerprint_key = "fingerprint";
constexpr std::string_view checkpoint_key = "checkpoint";
constexpr int reading_attempts_max = 5; // beside a writer: files may be replaced while they are being opened

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

using maybe_row = std::optional<std::string>;

result<maybe_row> get_row(const rocksdb_instance& instance, std::size_t family, std::string_view key) {
  maybe_row row{std::in_place};
  const auto status = instance.db().Get(rocksdb::ReadOptions{}, instance.family(family), slice(key), &*row);
  if (status.IsNotFound()) return maybe_row{};
  if (!status.ok()) return to_error(status, "views");
  return row;
}

result<void> put_row(const rocksdb_instance& instance, std::size_t family, std::string_view key, std::string_view row) {
  const auto status = instance.db().Put(rocksdb::WriteOptions{}, instance.family(family), slice(key), slice(row));
  if (!status.ok()) return to_error(status, "views");
  return success();
}

rocksdb::DBOptions views_options_on(rocksdb::Env& env) {
  rocksdb::DBOptions options = views_options();
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

/// Errors: io: the store could not be asked, which is no reason to empty it.
result<bool> has_families(const std::string& directory, const rocksdb_instance::families& wanted, rocksdb::Env& env) {
  std::vector<std::string> found, names;
  const auto status = rocksdb::DB::ListColumnFamilies(views_options_on(env), directory, &found);
  if (!status.ok()) {
    const error failed = to_error(status, directory);
    if (failed.code != errc::corrupt) return failed;
    return false;
  }
  for (const rocksdb::ColumnFamilyDescriptor& family : wanted) names.push_back(family.name);
  std::sort(found.begin(), found.end());
  std::sort(names.begin(), names.end());
  return found == names;
}

/// The store as it is, if it can go on being used; null: it has to begin anew. Errors: io.
rocksdb_instance::opened open_usable(const std::string& directory, const rocksdb_instance::families& families,
                                     const std::string& fingerprint, rocksdb::Env& env) {
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, env));
  if (!is_there) return nullptr;
  PALABRE_TRY(const bool same, has_families(directory, families, env));
  if (!same) return nullptr;
  auto instance = rocksdb_instance::open(views_options_on(env), directory, families);
  if (!instance && instance.error().code == errc::corrupt) return nullptr;
  if (!instance) return instance;
  const auto found = get_row(*instance.value(), views_family_meta, fingerprint_key);
  if (!found && found.error().code != errc::corrupt) return found.error();
  if (!found || found.value() != fingerprint) return nullptr;
  return instance;
}

rocksdb_instance::opened create(const std::string& directory, const rocksdb_instance::families& families,
                                const std::string& fingerprint, rocksdb::Env& env) {
  const auto made = env.CreateDirIfMissing(directory);
  if (!made.ok()) return to_error(made, directory);
  PALABRE_TRY(empty_directory(directory, env));
  rocksdb::DBOptions options = views_options_on(env);
  options.create_if_missing = true;
  PALABRE_TRY(auto instance, rocksdb_instance::open(options, directory, families));
  PALABRE_TRY(put_row(*instance, views_family_meta, fingerprint_key, fingerprint));
  return instance;
}

} // namespace

struct views_store::state {
  std::unique_ptr<rocksdb::Env> env; // outlives the instance; null: RocksDB's own
  std::unique_ptr<rocksdb_instance> instance;
  std::size_t tables = 0;
  bool was_emptied = false;
  rocksdb::WriteBatch rows; // of the one views_batch that commits; kept for its memory
  std::unordered_map<table, std::unique_ptr<hot_rows>> hot;

  hot_rows* hot_rows_of(table t) const {
    const auto found = hot.find(t);
    return found == hot.end() ? nullptr : found->second.get();
  }

  rocksdb::ColumnFamilyHandle* family(table t) const {
    PALABRE_ASSERT(t < tables);
    return instance->family(views_family_tables + t);
  }
};

views_store::views_store() : state_(std::make_unique<state>()) {}
views_store::~views_store() = default;

result<std::unique_ptr<views_store>> views_store::open(const std::string& directory,
                                                       const std::vector<std::string>& tables,
                                                       const std::string& fingerprint,
                                                       const std::shared_ptr<rocksdb::FileSystem>& disk) {
  const rocksdb_instance::families families = views_families(tables);
  std::unique_ptr<views_store> opened{new views_store};
  state& s = *opened->state_;
  s.tables = tables.size();
  if (disk) s.env = rocksdb::NewCompositeEnv(disk);
  rocksdb::Env& env = s.env ? *s.env : *rocksdb::Env::Default();
  PALABRE_TRY(const bool existed, find_rocksdb(directory, env));
  PALABRE_TRY(s.instance, open_usable(directory, families, fingerprint, env));
  if (s.instance) return opened;
  PALABRE_TRY(s.instance, create(directory, families, fingerprint, env));
  s.was_emptied = existed;
  return opened;
}

result<std::unique_ptr<views_store>> views_store::open_read_only(const std::string& directory,
                                                                 const std::vector<std::string>& tables) {
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, *rocksdb::Env::Default()));
  if (!is_there) return error{errc::not_found, "no views in " + directory};
  std::unique_ptr<views_store> opened{new views_store};
  opened->state_->tables = tables.size();
  result<std::unique_ptr<rocksdb_instance>> instance = error{errc::io, directory};
  for (int attempt = 0; attempt < reading_attempts_max && !instance; ++attempt)
    instance = rocksdb_instance::open_secondary(views_options(), directory, views_families(tables));
  PALABRE_TRY(opened->state_->instance, std::move(instance));
  return opened;
}

bool views_store::was_emptied() const {
  return state_->was_emptied;
}

void views_store::keep_hot(table t, std::size_t rows_max) {
  PALABRE_ASSERT(t < state_->tables);
  state_->hot.emplace(t, std::make_unique<hot_rows>(rows_max));
}

result<position> views_store::checkpoint() const {
  PALABRE_TRY(const maybe_row row, get_row(*state_->instance, views_family_meta, checkpoint_key));
  if (!row) return position{};
  const std::optional<position> at = read_position(*row);
  if (!at) return error{errc::corrupt, "views: the checkpoint is not a position"};
  return *at;
}

result<std::string> views_store::fingerprint() const {
  PALABRE_TRY(auto row, get_row(*state_->instance, views_family_meta, fingerprint_key));
  return row.value_or(std::string{});
}

result<maybe_row> views_store::get(table t, std::string_view key) const {
  PALABRE_ASSERT(t < state_->tables);
  hot_rows* const hot = state_->hot_rows_of(t);
  if (hot == nullptr) return get_row(*state_->instance, views_family_tables + t, key);
  if (const auto kept = hot->find(key)) return maybe_row{*kept};
  const std::uint64_t changes = hot->changes();
  PALABRE_TRY(auto row, get_row(*state_->instance, views_family_tables + t, key));
  if (row) hot->keep(key, *row, changes);
  return row;
}

result<std::vector<maybe_row>> views_store::get_many(table t, const std::vector<std::string>& keys) const {
  const std::vector<rocksdb::Slice> asked(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  state_->instance->db().MultiGet(rocksdb::ReadOptions{}, state_->family(t), keys.size(), asked.data(), found.data(),
                                  statuses.data());
  std::vector<maybe_row> rows(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok())
      rows[i] = found[i].ToString();
    else if (!statuses[i].IsNotFound())
      return to_error(statuses[i], "views");
  }
  return rows;
}

result<void> views_store::range(table t, std::string_view first, std::string_view end, bool ascending,
                                const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const rocksdb::Slice lower = slice(first), upper = slice(end);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows{state_->instance->db().NewIterator(options, state_->family(t))};
  ascending ? rows->Seek(lower) : rows->SeekToLast();
  while (rows->Valid() && visit(rows->key().ToStringView(), rows->value().ToStringView()))
    ascending ? rows->Next() : rows->Prev();
  if (!rows->status().ok()) return to_error(rows->status(), "views");
  return success();
}

result<std::optional<views_store::snapshot>> views_store::find_snapshot(const stream_id& stream) const {
  PALABRE_TRY(const maybe_row row, get_row(*state_->instance, views_family_snapshot, view_of(key_of(stream))));
  if (!row) return std::optional<snapshot>{};
  byte_reader from{*row};
  snapshot found;
  found.version = from.integer<stream_version>();
  found.state = from.rest();
  if (!from.ok()) return error{errc::corrupt, "views: a snapshot has no version"};
  return std::optional<snapshot>{std::move(found)};
}

result<void> views_store::put_snapshot(const stream_id& stream, stream_version version, std::string_view bytes) {
  std::string row;
  row.reserve(sizeof version + bytes.size());
  put_int(row, version);
  row += bytes;
  return put_row(*state_->instance, views_family_snapshot, view_of(key_of(stream)), row);
}

views_batch::views_batch(views_store& store) : store_(store), tables_(store.state_->tables) {}

result<const std::string*> views_batch::find(table t, std::string_view key) {
  PALABRE_ASSERT(t < tables_.size());
  overlay& rows = tables_[t];
  auto found = rows.find(key);
  if (found == rows.end()) {
    PALABRE_TRY(auto stored, store_.get(t, key));
    found = rows.emplace(key, pending{std::move(stored), false}).first;
  }
  const maybe_row& row = found->second.row;
  return row ? &*row : nullptr;
}

result<maybe_row> views_batch::get(table t, std::string_view key) {
  PALABRE_TRY(const std::string* const row, find(t, key));
  return row != nullptr ? maybe_row{*row} : maybe_row{};
}

void views_batch::change(table t, std::string_view key, maybe_row row) {
  PALABRE_ASSERT(t < tables_.size());
  overlay& rows = tables_[t];
  auto found = rows.find(key);
  const bool known = found != rows.end();
  if (!known) found = rows.emplace(key, pending{}).first;
  pending& now = found->second;
  if (known && !now.changed && !now.row && !row) return; // nothing there to erase
  if (now.changed) bytes_ -= key.size() + (now.row ? now.row->size() : 0);
  bytes_ += key.size() + (row ? row->size() : 0);
  now.row = std::move(row);
  now.changed = true;
}

void views_batch::put(table t, std::string_view key, std::string row) {
  change(t, key, std::move(row));
}
void views_batch::erase(table t, std::string_view key) {
  change(t, key, std::nullopt);
}

result<void> views_batch::commit(position checkpoint) {
  const rocksdb_instance& instance = *store_.state_->instance;
  rocksdb::WriteBatch& rows = store_.state_->rows;
  rows.Clear();
  rocksdb::Status status;
  for (table t = 0; t < tables_.size(); ++t) {
    rocksdb::ColumnFamilyHandle* const family = store_.state_->family(t);
    for (const auto& [key, change] : tables_[t]) {
      if (!change.changed || !status.ok()) continue;
      status = change.row ? rows.Put(family, key, *change.row) : rows.Delete(family, key);
    }
  }
  const position_key at = key_of(checkpoint);
  if (status.ok()) status = rows.Put(instance.family(views_family_meta), slice(checkpoint_key), slice(view_of(at)));
  if (status.ok()) status = instance.db().Write(rocksdb::WriteOptions{}, &rows);
  // Tables in descending order: who reads a lower one first and a higher one after it never gets the new row of the one
  // with the old row of the other (projections/tables.hpp, `hot`).
  for (table t = tables_.size(); t-- > 0;) {
    hot_rows* const hot = status.ok() ? store_.state_->hot_rows_of(t) : nullptr;
    if (hot != nullptr)
      for (const auto& [key, change] : tables_[t])
        if (change.changed) hot->change(key, change.row);
    tables_[t].clear();
  }
  bytes_ = 0;
  if (!status.ok()) return to_error(status, "views");
  return success();
}

} // namespace palabre::storage
