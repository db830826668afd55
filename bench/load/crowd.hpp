#pragma once
#include "bench/load/dialect.hpp"

#include <memory>
#include <string>
#include <vector>

namespace palabre::bench {

/// Opens many connections, some at a time, and knows how many are there. A member of a crowd is a participant that
/// tells the crowd when it is ready or dropped.
///
/// Threads: the loop's.
class crowd {
public:
  crowd(loop& work, const endpoint& at, dialect& speech) : loop_(work), at_(at), speech_(speech) {}

  /// A connection for `who`, which outlives the crowd; not open yet. Answers its session.
  session& add(const seat& where, participant& who);
  /// One that was made already.
  session& add(std::unique_ptr<session> made);
  /// Opens those that are not open yet, at most `at_once` of them under way; whether all are ready before the deadline.
  bool open_all(std::size_t at_once, std::int64_t deadline_ns);

  void one_is_ready();
  void one_dropped(std::string_view why);

  std::size_t size() const { return sessions_.size(); }
  std::size_t ready() const { return ready_; }
  std::size_t dropped() const { return dropped_; }
  const std::string& first_reason() const { return first_reason_; }
  session& at(std::size_t index) { return *sessions_[index]; }
  void cut_all();

private:
  void open_more();

  loop& loop_;
  const endpoint& at_;
  dialect& speech_;
  std::vector<std::unique_ptr<session>> sessions_;
  std::size_t opened_ = 0, ready_ = 0, dropped_ = 0, at_once_ = 0;
  bool is_opening_ = false;
  std::string first_reason_;
};

} // namespace palabre::bench
