#pragma once
// Follows the log and answers what is searched for, on a thread of its own that gives way to all others: nobody who
// writes waits for it. It keeps what it has every few seconds; after a crash it goes on from there.

#include "search/text_index.hpp"
#include "storage/event_log.hpp"

#include <memory>
#include <string>

namespace palabre::search {

struct search_ground {
  const storage::event_log& log;
  std::string directory;
  message_words words_of;                       ///< called on the searcher's thread
  std::function<void(const std::string&)> warn; ///< of what went wrong, and is tried again; likewise
};

/// Queue of questions when full: *refuse*: `overloaded` (limits::searches_waiting_max). Threads: any.
/// Lifetime: ends before what it stands on; what waits is answered `unavailable`.
class searcher {
public:
  /// Errors: those of text_index::open.
  static result<std::unique_ptr<searcher>> open(search_ground ground);
  ~searcher();
  void start();

  /// Answers `then` once, on the searcher's thread or at once, with what the log says up to `seen` at least.
  /// Errors: overloaded, unavailable; not_yet: it is that far behind, or asked too much; those of text_index::find.
  void find(text_query what, position seen, std::function<void(result<text_hits>)> then);

  /// Blocks until no file has words of `author` any more; where that cannot be done in another way, by beginning anew.
  /// What of theirs was not read yet must come without its words already. Errors: unavailable; io.
  result<void> forget(user_id author);

  /// How far it has read. One atomic load.
  position applied() const;
  /// Why it does not follow now; empty otherwise.
  std::string failure() const;

private:
  struct state;
  explicit searcher(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

} // namespace palabre::search
