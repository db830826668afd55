#pragma once
// What to do with a log that is damaged: say what is at stake, and, when asked to, go on without it.

#include "base/result.hpp"

#include <ostream>
#include <string>

namespace palabre::app {

/// Says what is damaged, where, and how many acknowledged events are at stake; changes nothing and answers 2, or 0 for
/// a sound log. With `accept_loss` the readable beginning becomes the log, with its indexes computed anew and a new
/// epoch, and the damaged log is moved to DATA/lost/<time>/, whole; 0. Killed at any moment, the data directory holds
/// the old log or the new one. Answers 1 when it cannot: the log is in use, or the disk refuses. Limits: what lies
/// behind the first damaged record is not taken over, for positions have no gaps; it stays in lost/. The file system
/// must be able to exchange two directories (ext4, XFS, Btrfs, tmpfs and overlays of them can).
int recover(const std::string& data, bool accept_loss, std::ostream& out, std::ostream& errors);

/// An error of opening the log in `data`, with the commands that go on from there if it is damage.
error with_advice(const error& found, const std::string& data);

} // namespace palabre::app
