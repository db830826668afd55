#pragma once
// The log as lines of JSON, and a log made of them.

#include <optional>
#include <ostream>
#include <string>

namespace palabre::app {

struct export_options {
  std::string data = "./data";
  std::optional<std::string> to;                ///< a file that is not there; stdout by default
  bool with_secrets = false;                    ///< with the stored envelopes: only then it can be imported
  std::optional<std::string> user, room, since; ///< a part of it; not with `with_secrets`
};
/// Writes the log as it is now, beside a server or without one. A file gets its name when it is whole.
/// --user: what this person did and what their account and inbox hold.
/// Answers 0; 1: the log is damaged or the target refuses (what was printed then lacks its last line); 2.
int export_log(const export_options& options, std::ostream& out, std::ostream& errors);

struct import_options {
  std::string data; ///< without a log
  std::string from; ///< a file; "-": stdin
};
/// Makes a log out of the stored envelopes of an export; whatever else its lines say is not used. Each record is held
/// against its hash and its predecessor, so that what comes out is what was exported, or nothing. A new epoch is
/// minted. Answers 0; 1 and the data directory has no log: what was read is damaged, cut off or in another order; the
/// line is named. Memory: one batch, whatever the length.
int import_log(const import_options& options, std::ostream& out, std::ostream& errors);

} // namespace palabre::app
