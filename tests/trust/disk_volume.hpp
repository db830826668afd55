#pragma once
// What memory_disk is made of: names, files, and which of both a power loss leaves.

#include "memory_disk.hpp"

namespace palabre::trust {

/// A file's bytes as processes see them, and what of them is safe. One that is only appended to has a safe front; one
/// that is written in place remembers the writes that are not safe yet.
struct memory_disk::inode {
  struct change {
    std::size_t offset;
    std::string bytes;
  };
  struct range {
    std::size_t from, to;
  };

  bool is_directory = false;
  std::string bytes;
  std::size_t safe = 0;           ///< of `bytes`, from the front
  std::optional<std::string> old; ///< in place: as it was at the last sync
  std::vector<change> unsafe;     ///< in place: since then
  std::vector<range> lost;        ///< by a sync that failed: zeros, if the power goes

  void append(std::string_view more) { bytes += more; }
  void write_at(std::size_t offset, std::string_view what);
  void sync();
  void fail_to_sync();
  /// `hard`: nothing but what is safe.
  std::string after_power_loss(std::mt19937_64& dice, bool hard) const;
};

/// Threads: all members with `mutex` held.
struct memory_disk::volume {
  using node = std::shared_ptr<inode>;
  enum class operation : std::uint8_t { look, read, write, name, sync };

  mutable std::mutex mutex;
  std::map<std::string, node> names;                ///< as processes see them
  std::map<std::string, node> safe;                 ///< as a power loss leaves them at least
  std::vector<std::pair<std::string, node>> unsafe; ///< changes since then, in order; null: gone
  std::set<std::string> locks;
  std::uint64_t counted[4] = {}; ///< by kind of fault
  std::optional<disk_fault> fault;
  bool failed = false;
  std::uint64_t power_left = 0; ///< operations; 0: it stays
  std::uint64_t power_seed = 0;
  std::shared_ptr<volume> remains;

  /// To be asked before an operation is done; not ok: it fails.
  status begin(operation what, const std::string& path);
  node find(const std::string& path) const;
  /// Gives a name, or takes it away.
  void name(const std::string& path, const node& file);
  void sync_names_in(const std::string& directory);
  std::shared_ptr<volume> copy() const;
  std::shared_ptr<volume> after_power_loss(std::mt19937_64& dice) const;

  static bool is_in(const std::string& path, const std::string& directory);
};

} // namespace palabre::trust
