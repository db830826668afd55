#pragma once
// Copies of a data directory that can be proved: taken, and put back.

#include "base/position.hpp"
#include "base/result.hpp"

#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace palabre::app {

/// Puts a copy of the log of `data` into the new directory `log`: every record up to the head at the call, and perhaps
/// some later ones. Without a watermark, and not necessarily durable.
using log_copier = std::function<result<void>(const std::string& data, const std::string& log)>;

/// The copier that needs nobody: reads the log as `palabre events` does, beside a server or without one, and writes
/// what it has read into a new log, each record held against its predecessor on the way. Costs about as much as an
/// import. A process that holds the log open has a faster one: storage::checkpoint_log, with hard links. Errors:
/// corrupt: the log is damaged; io.
result<void> copy_log(const std::string& data, const std::string& log);

struct backup_options {
  std::string data = "./data";
  std::string to;                     ///< a directory that is not there
  std::optional<std::string> keys_to; ///< likewise; TO.keys by default
  bool verify = false;                ///< read the whole copy again, as `palabre verify` does
};
/// TO holds the log, its watermark and a manifest with the hash of every file; the keys go to a directory of their own,
/// because whoever has both can read everything. Views are derived and not in it. The copy is opened before it gets its
/// name, which is the last step: what is called TO is whole and has its keys; keys that a killed run left without it go
/// with the next. Beside a live server it holds everything that was acknowledged before it began. Answers 0, or 1 and
/// nothing is left.
int backup(const backup_options& options, const log_copier& copy, std::ostream& out, std::ostream& errors);

struct restore_options {
  std::string from;
  std::optional<std::string> keys;     ///< FROM.keys by default, if it is there
  std::string data;                    ///< not there, or empty
  std::optional<std::string> erasures; ///< a newer keys/erased of the same store: whose keys must not come back
};
/// Makes a data directory of a backup, after every file of it has been held against the manifest and the log was
/// verified from its first record to its last. The log gets a new epoch: clients reload. Answers 0, or 1 and nothing is
/// left.
int restore(const restore_options& options, std::ostream& out, std::ostream& errors);

} // namespace palabre::app
