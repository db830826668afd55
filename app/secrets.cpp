#include "app/secrets.hpp"

#include "app/private_file.hpp"
#include "base/digest.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace palabre::app {
namespace {

constexpr std::size_t key_bytes = 32;

error io_error(const std::string& what, const std::string& path) {
  return {errc::io, what + " " + path + ": " + std::strerror(errno)};
}

result<std::string> read_key(const storage::file_handle& file, const std::string& path) {
  PALABRE_TRY(const std::string text, read_private(file, path));
  std::string_view line = text;
  line = line.substr(0, line.find('\n'));
  std::string key = from_base64url(line);
  if (key.size() < key_bytes)
    return error{errc::invalid, path + " holds less than 32 bytes (base64url); restore it from a backup"};
  return key;
}

result<void> rename_within(const std::string& directory, const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return io_error("cannot make", to);
  return storage::sync_directory(directory);
}

result<std::string> make_key(const std::string& folder, const std::string& name, randomness& random) {
  std::array<std::uint8_t, key_bytes> bytes{};
  random.fill(bytes.data(), bytes.size());
  PALABRE_TRY(storage::replace_file(folder, name, to_base64url(as_bytes(bytes)) + "\n"));
  return std::string(as_bytes(bytes));
}

/// `loss`: what nobody could do without it.
result<std::string> load(const std::string& directory, const std::string& name, bool may_make, std::string_view loss,
                         randomness& random) {
  const std::string path = directory + "/" + name;
  const storage::file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return read_key(file, path);
  if (errno != ENOENT) return io_error("cannot open", path);
  if (!may_make)
    return error{errc::invalid, path + " is missing; without it nobody could " + std::string(loss) +
                                    ". Restore it from where the log came from"};
  return make_key(directory, name, random);
}

result<std::string> make_folder(const std::string& directory) {
  const std::string folder = directory + "/secrets";
  PALABRE_TRY(storage::make_directory(folder));
  return folder;
}

constexpr const char* master_name = "master.key";
constexpr const char* next_master_name = "master.key.next";

} // namespace

result<secrets> load_secrets(const std::string& directory, bool is_new, randomness& random) {
  PALABRE_TRY(const std::string folder, make_folder(directory));
  secrets s;
  PALABRE_TRY(s.token_key, load(folder, "token.key", true, "use their tokens", random));
  PALABRE_TRY(s.name_key, load(folder, "name.key", is_new, "log in", random));
  return s;
}

result<std::vector<std::string>> load_master_keys(const std::string& directory, bool may_make, randomness& random) {
  std::string folder = directory + "/secrets";
  if (may_make) {
    PALABRE_TRY(folder, make_folder(directory));
  }
  std::vector<std::string> keys(1);
  PALABRE_TRY(keys[0], load(folder, master_name, may_make, "read what people wrote", random));
  const std::string next = folder + "/" + next_master_name;
  const storage::file_handle file(::open(next.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno != ENOENT) return io_error("cannot open", next);
  if (file) {
    PALABRE_TRY(auto key, read_key(file, next));
    keys.push_back(std::move(key));
  }
  for (std::string& key : keys) key.resize(key_bytes);
  return keys;
}

result<std::string> make_next_master_key(const std::string& directory, randomness& random) {
  return make_key(directory + "/secrets", next_master_name, random);
}

result<void> settle_master_key(const std::string& directory, std::size_t used) {
  const std::string folder = directory + "/secrets", next = folder + "/" + next_master_name;
  if (used > 0) return rename_within(folder, next, folder + "/" + master_name);
  if (::unlink(next.c_str()) != 0 && errno != ENOENT) return io_error("cannot remove", next);
  return success();
}

result<std::string> load_foreign_token_key(const std::string& path) {
  if (path.empty()) return std::string();
  const storage::file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return io_error("realtime.token_key_file: cannot open", path);
  PALABRE_TRY(std::string key, read_private(file, path));
  if (key.ends_with('\n')) key.pop_back();
  if (key.size() < key_bytes)
    return error{errc::invalid, "realtime.token_key_file: " + path + " holds less than 32 bytes"};
  return key;
}

} // namespace palabre::app
