#include "storage/key_ring.hpp"

#include "base/assert.hpp"
#include "storage/key_index.hpp"
#include "storage/key_ring_file.hpp"
#include "storage/synced_file.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <shared_mutex>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace palabre::storage {
namespace {

/// One writer. The file stays; its lock goes with the process.
result<file_handle> lock(const std::string& directory) {
  const std::string path = directory + "/LOCK";
  file_handle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return error{errc::io, "cannot open " + path + ": " + std::strerror(errno)};
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return error{errc::io, directory + " is in use: another process has the key ring open"};
  return file;
}

/// Best effort: where the file system writes in place, the blocks of a replaced file hold no wrapped key any more. A
/// file that has another name somewhere is somebody's copy.
void wipe(const file_handle& replaced, std::uint64_t size, const std::string& path) {
  struct stat about {};
  if (::fstat(replaced.get(), &about) != 0 || about.st_nlink > 0) return;
  if (write_at(replaced, std::string(size, '\0'), 0, path)) static_cast<void>(sync_file(replaced, path).has_value());
}

} // namespace

struct key_ring::state {
  state(const opening& how, randomness& r) : directory(how.directory), mode(how.mode), random(r) {}

  const std::string directory;
  const access mode;
  randomness& random;
  file_handle locked;
  std::size_t master_used = 0;
  std::atomic<bool> unsynced{false};
  std::atomic<bool> broken{false}; ///< replacing the file failed half-way: nothing is added until a restart
  error after_failure() const {
    return {errc::io, ring_path() + " could not be replaced; nothing is sealed until a restart"};
  }

  mutable std::shared_mutex mutex; // all that follows
  std::unique_ptr<const aead_key> master;
  std::string fingerprint;
  std::shared_ptr<const file_handle> file;
  std::uint64_t size = 0; // of what is whole
  key_index index;
  boost::unordered_flat_map<std::uint32_t, std::shared_ptr<const aead_key>> unwrapped;

  std::string ring_path() const { return directory + "/ring"; }
  std::string erased_path() const { return directory + "/erased"; }

  result<void> load(const opening& how);
  result<void> create(const opening& how);
  result<void> choose_master(const opening& how, const ring_header& header);
  result<void> take(const ring_contents& ring, const opening& how);
  result<void> read_again();
  result<ring_entry> entry_of(std::uint32_t key_id) const;
  result<std::shared_ptr<const aead_key>> use(std::uint32_t key_id);
  result<data_key> make(user_id user);
  bool is_in_place() const;
  result<void> replace(std::vector<ring_entry> entries, std::string print);
  result<std::vector<ring_entry>> all_entries() const;
  void keep(std::uint32_t key_id, const std::shared_ptr<const aead_key>& key);
  std::optional<data_key> at_hand(user_id user) const;
  std::optional<data_key> at_hand(std::uint32_t key_id) const;
};

// ---- Opening

result<void> key_ring::state::load(const opening& how) {
  PALABRE_TRY(auto list, read_erased(erased_path()));
  index.take_erased(std::move(list));
  PALABRE_TRY(const auto bytes, read_whole(ring_path()));
  if (!bytes) return create(how);
  const auto ring = read_ring(*bytes);
  if (!ring) return error{errc::corrupt, ring_path() + ": " + ring.error().context + "; restore it from a backup"};
  PALABRE_TRY(choose_master(how, ring.value().header));
  const int how_to = (mode == access::read_write ? O_RDWR : O_RDONLY) | O_CLOEXEC;
  file = std::make_shared<const file_handle>(::open(ring_path().c_str(), how_to));
  if (!*file) return error{errc::io, "cannot open " + ring_path() + ": " + std::strerror(errno)};
  PALABRE_TRY(take(ring.value(), how));
  if (mode == access::read_write && size < bytes->size()) return cut_file(*file, size, ring_path());
  return success();
}

result<void> key_ring::state::create(const opening& how) {
  if (how.key_id_max == 0 && mode == access::read_only) return error{errc::not_found, ring_path() + " is missing"};
  if (how.key_id_max > 0)
    return error{errc::corrupt, ring_path() + " is missing, and the log holds what " + std::to_string(how.key_id_max) +
                                    " keys have sealed; restore it from where the log came from"};
  PALABRE_ASSERT(!how.master_keys.empty());
  master = std::make_unique<const aead_key>(how.master_keys.front());
  return replace({}, fingerprint_of(how.master_keys.front()));
}

result<void> key_ring::state::choose_master(const opening& how, const ring_header& header) {
  for (std::size_t i = 0; i < how.master_keys.size(); ++i) {
    if (fingerprint_of(how.master_keys[i]) != header.fingerprint) continue;
    master = std::make_unique<const aead_key>(how.master_keys[i]);
    fingerprint = header.fingerprint;
    master_used = i;
    return success();
  }
  return error{errc::invalid, ring_path() + " was wrapped by another master key; restore the one it came with"};
}

result<void> key_ring::state::take(const ring_contents& ring, const opening& how) {
  index.begin_at(ring.header.next_id);
  index.take_keys(ring.entries);
  size = ring.size;
  // A list that is newer than the ring says nothing of the keys below its own: each must be in the one or the other.
  const std::uint32_t behind = ring.entries.empty() ? 0 : ring.entries.back().key_id + 1;
  std::uint64_t next = std::max(ring.header.next_id, behind);
  while (next <= how.key_id_max && index.is_erased(static_cast<std::uint32_t>(next))) ++next;
  if (next > how.key_id_max) return success();
  return error{errc::corrupt, ring_path() + " ends at key " + std::to_string(next - 1) + ", and the log names key " +
                                  std::to_string(how.key_id_max) + "; restore the ring that belongs to this log"};
}

/// What a writer has added since. Requires: the lock, alone.
result<void> key_ring::state::read_again() {
  PALABRE_TRY(auto list, read_erased(erased_path()));
  auto now = std::make_shared<const file_handle>(::open(ring_path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!*now) return error{errc::io, "cannot open " + ring_path() + ": " + std::strerror(errno)};
  PALABRE_TRY(const auto bytes, read_whole(*now, ring_path()));
  PALABRE_TRY(const auto ring, read_ring(bytes));
  if (ring.header.fingerprint != fingerprint) return error{errc::io, "the master key was changed meanwhile"};
  index.take_erased(std::move(list));
  unwrapped.clear();
  index.take_keys(ring.entries);
  size = ring.size;
  file = std::move(now);
  return success();
}

// ---- Using

std::optional<data_key> key_ring::state::at_hand(user_id user) const {
  if (const auto gone = index.erased_key_of(user))
    return data_key{*gone, nullptr}; // noted is enough: nothing new of theirs
  if (const auto known = index.key_of(user)) return at_hand(*known);
  return std::nullopt;
}

std::optional<data_key> key_ring::state::at_hand(std::uint32_t key_id) const {
  if (index.is_erased(key_id)) return data_key{key_id, nullptr}; // noted is enough: nobody reads it any more
  const auto found = unwrapped.find(key_id);
  if (found == unwrapped.end()) return std::nullopt;
  return data_key{key_id, found->second};
}

result<ring_entry> key_ring::state::entry_of(std::uint32_t key_id) const {
  const auto slot = index.slot_of(key_id);
  if (!slot)
    return error{errc::corrupt, "key " + std::to_string(key_id) + " is neither in the key ring nor among the erased"};
  std::string bytes(ring_entry_bytes, '\0');
  const auto offset = ring_header_bytes + std::uint64_t{*slot} * ring_entry_bytes;
  const ssize_t got = ::pread(file->get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (got < 0) return error{errc::io, "cannot read " + ring_path() + ": " + std::strerror(errno)};
  auto entry = decode_ring_entry(bytes);
  if (!entry || entry->key_id != key_id)
    return error{errc::corrupt, "key " + std::to_string(key_id) + " is damaged in " + ring_path()};
  return std::move(*entry);
}

/// Requires: the lock, alone.
result<std::shared_ptr<const aead_key>> key_ring::state::use(std::uint32_t key_id) {
  PALABRE_TRY(const ring_entry entry, entry_of(key_id));
  PALABRE_TRY(auto key, unwrap(*master, entry));
  keep(key_id, key);
  return key;
}

void key_ring::state::keep(std::uint32_t key_id, const std::shared_ptr<const aead_key>& key) {
  if (unwrapped.size() >= unwrapped_max) unwrapped.clear();
  unwrapped[key_id] = key;
}

/// Requires: the lock, alone.
result<data_key> key_ring::state::make(user_id user) {
  PALABRE_ASSERT(mode == access::read_write);
  if (broken) return after_failure();
  std::array<std::uint8_t, aead_key_bytes> bytes;
  random.fill(bytes.data(), bytes.size());
  const std::string_view secret(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::uint32_t key_id = index.next_id();
  const ring_entry entry{key_id, user, wrap(*master, key_id, user, secret, random)};
  const auto key = std::make_shared<const aead_key>(secret);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  PALABRE_TRY(write_at(*file, encode(entry), size, ring_path()));
  index.add_key(key_id, user, (size - ring_header_bytes) / ring_entry_bytes);
  size += ring_entry_bytes;
  keep(key_id, key);
  unsynced.store(true, std::memory_order_release);
  return data_key{key_id, key};
}

// ---- Replacing the file

result<std::vector<ring_entry>> key_ring::state::all_entries() const {
  PALABRE_TRY(const auto bytes, read_whole(ring_path()));
  if (!bytes) return error{errc::io, ring_path() + " is gone"};
  PALABRE_TRY(auto ring, read_ring(std::string_view(*bytes).substr(0, size)));
  if (ring.size != size) return error{errc::corrupt, ring_path() + " is damaged at byte " + std::to_string(ring.size)};
  return std::move(ring.entries);
}

/// The file that is open has the ring's name.
bool key_ring::state::is_in_place() const {
  struct stat named {
  }, opened{};
  return ::stat(ring_path().c_str(), &named) == 0 && ::fstat(file->get(), &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/// Requires: the lock, alone.
result<void> key_ring::state::replace(std::vector<ring_entry> entries, std::string print) {
  std::string bytes = encode(ring_header{index.next_id(), static_cast<std::uint32_t>(entries.size()), print});
  bytes.reserve(bytes.size() + entries.size() * ring_entry_bytes);
  for (const ring_entry& entry : entries) bytes += encode(entry);
  auto replaced = replace_file(directory, "ring", bytes);
  if (!replaced && file && !is_in_place())
    broken = true; // the file may have another name's bytes: what is added to the old one could be lost
  PALABRE_TRY(auto made, std::move(replaced));
  if (file) wipe(*file, size, ring_path());
  file = std::make_shared<const file_handle>(std::move(made));
  size = bytes.size();
  fingerprint = std::move(print);
  unsynced.store(false, std::memory_order_release);
  unwrapped.clear();
  index.take_keys(entries);
  return success();
}

// ---- The ring itself

key_ring::key_ring() = default;
key_ring::~key_ring() = default;

result<std::unique_ptr<key_ring>> key_ring::open(const opening& how, randomness& random) {
  std::unique_ptr<key_ring> opened{new key_ring};
  opened->state_ = std::make_unique<state>(how, random);
  if (how.mode == access::read_write) {
    PALABRE_TRY(make_directory(how.directory));
    PALABRE_TRY(opened->state_->locked, lock(how.directory));
  }
  PALABRE_TRY(opened->state_->load(how));
  return opened;
}

std::size_t key_ring::master_key_used() const {
  return state_->master_used;
}

result<data_key> key_ring::key_of(user_id user) {
  state& s = *state_;
  {
    const std::shared_lock lock(s.mutex);
    if (const auto found = s.at_hand(user)) return *found;
  }
  const std::unique_lock lock(s.mutex);
  if (const auto found = s.at_hand(user)) return *found;
  const auto known = s.index.key_of(user);
  if (!known) return s.make(user);
  PALABRE_TRY(auto key, s.use(*known));
  return data_key{*known, std::move(key)};
}

result<data_key> key_ring::find(std::uint32_t key_id) const {
  state& s = *state_;
  {
    const std::shared_lock lock(s.mutex);
    if (const auto found = s.at_hand(key_id)) return *found;
  }
  const std::unique_lock lock(s.mutex);
  if (const auto found = s.at_hand(key_id)) return *found;
  auto key = s.use(key_id);
  if (!key && s.mode == access::read_only) { // beside a writer, which adds to the file and replaces it
    PALABRE_TRY(s.read_again());
    if (const auto found = s.at_hand(key_id)) return *found;
    key = s.use(key_id);
  }
  if (!key) return key.error();
  return data_key{key_id, std::move(key).value()};
}

result<void> key_ring::sync() {
  if (state_->broken) return state_->after_failure();
  if (!state_->unsynced.load(std::memory_order_acquire)) return success();
  std::shared_ptr<const file_handle> file;
  {
    const std::shared_lock lock(state_->mutex);
    state_->unsynced.store(false, std::memory_order_release); // before: what is written meanwhile is for the next one
    file = state_->file;
  }
  return sync_file(*file, state_->ring_path()); // without the lock: whoever seals does not wait for the disk
}

result<std::uint32_t> key_ring::begin_erasing(user_id user, timestamp now) {
  state& s = *state_;
  const std::unique_lock lock(s.mutex);
  if (s.broken) return s.after_failure();
  if (const auto gone = s.index.erased_key_of(user)) return *gone;
  auto key_id = s.index.key_of(user);
  if (!key_id) {
    PALABRE_TRY(const data_key made, s.make(user));
    key_id = made.id;
  }
  const erased_user entry{*key_id, user, now};
  PALABRE_TRY(append_erased(s.erased_path(), s.index.erased(), entry));
  s.index.add_erased(entry);
  return *key_id;
}

result<void> key_ring::destroy_key_of(user_id user) {
  state& s = *state_;
  const std::unique_lock lock(s.mutex);
  PALABRE_ASSERT(s.index.erased_key_of(user));
  if (!s.index.key_of(user)) return success();
  PALABRE_TRY(auto entries, s.all_entries());
  std::erase_if(entries, [&](const ring_entry& entry) { return entry.user == user; });
  return s.replace(std::move(entries), s.fingerprint);
}

std::vector<erased_user> key_ring::erased() const {
  const std::shared_lock lock(state_->mutex);
  return state_->index.erased();
}

bool key_ring::is_noted(std::uint32_t key_id) const {
  const std::shared_lock lock(state_->mutex);
  return state_->index.is_erased(key_id);
}

bool key_ring::holds_key_of(user_id user) const {
  const std::shared_lock lock(state_->mutex);
  return state_->index.key_of(user).has_value();
}

std::size_t key_ring::count() const {
  const std::shared_lock lock(state_->mutex);
  return state_->index.count();
}

result<void> key_ring::rewrap(std::string_view next_master_key) {
  state& s = *state_;
  const std::unique_lock lock(s.mutex);
  auto next = std::make_unique<const aead_key>(next_master_key);
  PALABRE_TRY(auto entries, s.all_entries());
  for (ring_entry& entry : entries) {
    PALABRE_TRY(const auto key, unwrap(*s.master, entry));
    entry.wrapped = wrap(*next, entry.key_id, entry.user, key->bytes(), s.random);
  }
  PALABRE_TRY(s.replace(std::move(entries), fingerprint_of(next_master_key)));
  s.master = std::move(next);
  return success();
}

bool holds_key_ring(const std::string& directory) {
  struct stat about {};
  return ::stat((directory + "/ring").c_str(), &about) == 0;
}

} // namespace palabre::storage
