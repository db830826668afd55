#include "storage/row_files.hpp"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

namespace palabre::storage {
namespace {

/// Requires: `changed` is in order of keys. Errors: io.
result<rocksdb::IngestExternalFileArg> write_file(const views_rows& into, table t,
                                                  const std::vector<known_rows::entry*>& changed) {
  rocksdb::ColumnFamilyHandle* const family = into.family(t);
  rocksdb::SstFileWriter file({}, into.instance->db().GetOptions(family), family);
  const std::string path = into.directory + "/rows." + std::to_string(t); // gone once it was taken over
  auto status = file.Open(path);
  for (const auto* each : changed) {
    if (!status.ok()) break;
    status = each->row ? file.Put(slice(each->key()), *each->row) : file.Delete(slice(each->key()));
  }
  rocksdb::ExternalSstFileInfo made;
  if (status.ok()) status = file.Finish(&made);
  if (!status.ok()) return to_error(status, path);
  rocksdb::IngestExternalFileArg arg;
  arg.column_family = family;
  arg.external_files = {path};
  arg.files_checksums = {made.file_checksum};
  arg.files_checksum_func_names = {made.file_checksum_func_name};
  arg.options.move_files = true;
  arg.options.write_global_seqno = false;   // the manifest holds it
  arg.options.verify_file_checksum = false; // it was just computed
  return arg;
}

} // namespace

result<void> write_row_files(const views_rows& into, std::vector<known_rows>& tables) {
  std::vector<rocksdb::IngestExternalFileArg> files;
  for (table t = 0; t < tables.size(); ++t) {
    const auto& changed = tables[t].changed_in_order();
    if (changed.empty()) continue;
    PALABRE_TRY(auto file, write_file(into, t, changed));
    files.push_back(std::move(file));
  }
  if (files.empty()) return success();
  const auto status = into.instance->db().IngestExternalFiles(files);
  if (!status.ok()) return to_error(status, into.directory);
  return success();
}

} // namespace palabre::storage
