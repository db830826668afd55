#include "app/backup.hpp"
#include "app/backup_manifest.hpp"
#include "app/commands.hpp"
#include "app/draft_directory.hpp"
#include "app/keys.hpp"
#include "app/store.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;
using storage::event_log;

result<backup_manifest> manifest_of(const std::string& directory, std::string_view what) {
  PALABRE_TRY(backup_manifest m, read_manifest(directory));
  if (m.what != what)
    return error{errc::invalid, directory + " is a backup of " + m.what + ", not of " + std::string(what)};
  return m;
}

/// Whoever was erased does not come back: their keys go before anyone opens the copy. The rest of it, which takes a
/// server's parts, is done at the first start.
result<void> destroy_erased_keys(const std::string& data, const event_log& log, randomness& random) {
  if (!storage::holds_key_ring(keys_directory(data))) return success();
  PALABRE_TRY(const auto ring, open_keys(data, log, random));
  for (const storage::erased_user& each : ring->erased()) {
    PALABRE_TRY(ring->destroy_key_of(each.user));
  }
  return success();
}

/// Gives the log its new epoch. Its watermark was not taken over, so it is opened as one whose past nobody knows.
result<std::string> settle(const std::string& data, const backup_manifest& expected) {
  system_randomness random;
  PALABRE_TRY(const auto log, event_log::open(log_directory(data), event_log::access::read_write, random));
  if (log->head() != expected.head)
    return error{errc::corrupt, "the log ends at " + std::to_string(log->head().value) + ", the manifest says " +
                                    std::to_string(expected.head.value)};
  PALABRE_TRY(destroy_erased_keys(data, *log, random));
  if (log->head().value == 0) return log->epoch();
  PALABRE_TRY(const storage::committed_record last, log->read(log->head()));
  if (to_hex(as_bytes(last.hash)) != expected.head_hash)
    return error{errc::corrupt, "the last record is not the one that the manifest names"};
  return log->epoch();
}

std::optional<std::string> keys_path(const restore_options& options) {
  if (options.keys) return options.keys;
  std::error_code ignored;
  const std::string beside = without_slash(options.from) + ".keys";
  return fs::exists(beside, ignored) ? std::optional(beside) : std::nullopt;
}

result<void> make_private(const std::string& directory) {
  std::error_code failed;
  if (!fs::is_directory(directory, failed)) return success();
  fs::permissions(directory, fs::perms::owner_all, failed);
  if (failed) return error{errc::io, directory + ": " + failed.message()};
  return success();
}

result<void> restore_keys(const std::string& keys, const std::string& data) {
  PALABRE_TRY(const backup_manifest manifest, manifest_of(keys, "keys"));
  PALABRE_TRY(copy_backup(manifest, keys, data));
  for (const char* folder : {"/secrets", "/keys"}) {
    PALABRE_TRY(make_private(data + folder));
  }
  return success();
}

result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file) return error{errc::io, "cannot read " + path};
  return bytes;
}

/// Puts a newer list of the erased in the place of that of the backup. The list only grows: a newer one begins with the
/// older.
result<void> replace_erasures(const std::string& newer, const std::string& data) {
  const std::string list = data + "/keys/erased";
  PALABRE_TRY(const std::string known, read_file(newer));
  std::error_code failed;
  if (fs::exists(list, failed)) {
    PALABRE_TRY(const std::string restored, read_file(list));
    if (!known.starts_with(restored))
      return error{errc::invalid, newer + " is older than the list in the backup, or of another store"};
    fs::remove(list, failed);
  }
  fs::create_directories(data + "/keys", failed);
  PALABRE_TRY(make_private(data + "/keys"));
  PALABRE_TRY(copy_summed(newer, list));
  return success();
}

result<std::string> fill(const restore_options& options, const std::string& data, std::ostream& errors) {
  PALABRE_TRY(backup_manifest manifest, manifest_of(options.from, "log"));
  manifest.files.erase("log.watermark"); // that of the backed up log: it would hide that this one has another future
  PALABRE_TRY(copy_backup(manifest, options.from, data));
  const auto keys = keys_path(options);
  const bool has_keys = keys.has_value();
  if (keys) {
    PALABRE_TRY(restore_keys(*keys, data));
  }
  if (options.erasures) {
    PALABRE_TRY(replace_erasures(*options.erasures, data));
  }
  PALABRE_TRY(const std::string epoch, settle(data, manifest));
  verify_options how;
  how.data = data;
  how.without_keys = !has_keys;
  if (verify(how, errors, errors) != 0) return error{errc::corrupt, options.from + " did not verify"};
  return epoch;
}

} // namespace

int restore(const restore_options& options, std::ostream& out, std::ostream& errors) {
  auto draft = draft_directory::make(options.data);
  if (!draft) return fail(errors, draft.error());
  const auto epoch = fill(options, draft.value().path(), errors);
  if (!epoch) return fail(errors, epoch.error());
  if (const auto published = draft.value().publish(); !published) return fail(errors, published.error());
  out << "restored: " << options.data << ", new epoch " << epoch.value() << '\n';
  if (!keys_path(options))
    out << "keys: none; put the secrets that belong to it into " << options.data
        << "/secrets before a server starts: without name.key nobody can log in\n";
  return 0;
}

} // namespace palabre::app
