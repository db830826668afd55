#pragma once
#include <ostream>
#include <string>

namespace palabre::app {

struct archive_options {
  std::string data = "./data";
  std::string before; ///< RFC 3339
};
/// Moves the events before that time of rooms that are archived from the log to DATA/archive/, one file for each room,
/// and leaves what the chain needs. Nothing is lost and nothing is hidden: while the files are there everything reads
/// through to them; a file that was taken away is named by whoever wants what is in it, and `palabre verify` still
/// proves the chain. The last 1,000 events of the log are never moved. Only on a stopped store.
/// Answers 0; 1: as far as it came, it holds, and another run goes on; 2.
/// Limits: the files are as readable as the log is: what is sealed there is sealed here, and nothing else is.
int archive(const archive_options& options, std::ostream& out, std::ostream& errors);

} // namespace palabre::app
