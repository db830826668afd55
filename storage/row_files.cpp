#include "storage/row_files.hpp"

#include <rocksdb/sst_file_writer.h>

namespace palabre::storage {

result<void> row_files::add(table t, const std::vector<known_rows::entry*>& changed) {
  if (changed.empty()) return success();
  rocksdb::ColumnFamilyHandle* const family = into_.family(t);
  rocksdb::SstFileWriter file({}, into_.instance->db().GetOptions(family), family);
  const std::string path = into_.directory + "/rows." + std::to_string(t); // gone once it was taken over
  auto status = file.Open(path);
  for (const auto* each : changed) {
    if (!status.ok()) break;
    status = each->row ? file.Put(each->key, *each->row) : file.Delete(each->key);
  }
  rocksdb::ExternalSstFileInfo made;
  if (status.ok()) status = file.Finish(&made);
  if (!status.ok()) return to_error(status, path);
  rocksdb::IngestExternalFileArg& arg = files_.emplace_back();
  arg.column_family = family;
  arg.external_files = {path};
  arg.files_checksums = {made.file_checksum};
  arg.files_checksum_func_names = {made.file_checksum_func_name};
  arg.options.move_files = true;
  arg.options.write_global_seqno = false;   // the manifest holds it
  arg.options.verify_file_checksum = false; // it was just computed
  return success();
}

result<void> row_files::take_over() {
  if (files_.empty()) return success();
  const auto status = into_.instance->db().IngestExternalFiles(files_);
  files_.clear();
  if (!status.ok()) return to_error(status, into_.directory);
  return success();
}

} // namespace palabre::storage
