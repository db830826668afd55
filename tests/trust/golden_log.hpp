#pragma once
// A log that holds every type and version of events ever written, as stored bytes: one record a line, in hex. Lines are
// added and never changed.

#include "storage/journal.hpp"

#include <string>
#include <vector>

namespace palabre::trust {

class golden_log {
public:
  explicit golden_log(const std::string& path);

  /// As stored, by position from 1 on.
  const std::vector<std::string>& records() const { return records_; }

  /// Empty: every type and version that this binary knows is among them, and each reads.
  std::string check_complete() const;
  /// Adds a record for each line of `events` ("kind type schema payload") that is not among them. False: that failed.
  bool extend(const std::string& events);

  /// What the journal has to be given for `stored` to come out of it.
  static storage::append append_of(const std::string& stored);

private:
  bool holds(char kind, std::string_view type, std::uint16_t schema) const;

  const std::string path_;
  std::vector<std::string> records_;
};

} // namespace palabre::trust
