#include "storage/row_files.hpp"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>

namespace palabre::storage {
namespace {

/// How far ahead of what is written the processor is told what comes: entries and rows are all over the memory.
constexpr std::size_t entries_ahead = 8, rows_ahead = 4, added_ahead = 8;

/// As much of a row as is worth it; of a longer one the rest is read in order, which the processor sees.
void prefetch_all(std::string_view row) {
  constexpr std::size_t line_bytes = 64, worth_bytes = 1'024;
  for (std::size_t at = 0; at < std::min(row.size(), worth_bytes); at += line_bytes)
    __builtin_prefetch(row.data() + at);
}

rocksdb::Status write_known(rocksdb::SstFileWriter& file, const std::vector<known_rows::entry*>& changed) {
  rocksdb::Status status;
  for (std::size_t i = 0; i < changed.size() && status.ok(); ++i) {
    if (i + entries_ahead < changed.size()) __builtin_prefetch(changed[i + entries_ahead]);
    if (i + rows_ahead < changed.size() && changed[i + rows_ahead]->row) prefetch_all(*changed[i + rows_ahead]->row);
    const known_rows::entry& each = *changed[i];
    status = each.row ? file.Put(slice(each.key()), *each.row) : file.Delete(slice(each.key()));
  }
  return status;
}

rocksdb::Status write_added(rocksdb::SstFileWriter& file, added_rows& added) {
  rocksdb::Status status;
  const auto& places = added.in_order();
  for (std::size_t i = 0; i < places.size() && status.ok(); ++i) {
    if (i + added_ahead < places.size()) {
      const std::string_view row = added.row_at(places[i + added_ahead]); // behind its key
      __builtin_prefetch(added.key_at(places[i + added_ahead]).data());
      __builtin_prefetch(row.data() + row.size());
    }
    const std::string_view key = added.key_at(places[i]);
    if (i + 1 < places.size() && added.key_at(places[i + 1]) == key) continue;
    status = file.Put(slice(key), slice(added.row_at(places[i])));
  }
  return status;
}

/// Errors: io.
result<rocksdb::IngestExternalFileArg> write_file(const views_rows& into, table t, table_changes& changes) {
  rocksdb::ColumnFamilyHandle* const family = into.family(t);
  constexpr bool forget_pages = false; // folds read it, and a server
  rocksdb::SstFileWriter file({}, into.instance->db().GetOptions(family), family, forget_pages);
  const std::string path = into.directory + "/rows." + std::to_string(t); // gone once it was taken over
  auto status = file.Open(path);
  if (status.ok()) status = write_known(file, changes.known.changed_in_order());
  if (status.ok()) status = write_added(file, changes.added);
  if (status.ok()) status = file.Finish();
  if (!status.ok()) return to_error(status, path);
  rocksdb::IngestExternalFileArg arg;
  arg.column_family = family;
  arg.external_files = {path};
  arg.options.move_files = true;
  arg.options.write_global_seqno = false; // the manifest holds it
  return arg;
}

} // namespace

result<void> write_row_files(const views_rows& into, std::vector<table_changes>& tables) {
  std::vector<rocksdb::IngestExternalFileArg> files;
  for (table t = 0; t < tables.size(); ++t) {
    if (tables[t].empty()) continue;
    PALABRE_TRY(auto file, write_file(into, t, tables[t]));
    files.push_back(std::move(file));
  }
  if (files.empty()) return success();
  const auto status = into.instance->db().IngestExternalFiles(files);
  if (!status.ok()) return to_error(status, into.directory);
  return success();
}

} // namespace palabre::storage
