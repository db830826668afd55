#pragma once
// Messages by their words, in an index of Xapian. It is derived from the log and from nothing else: with another epoch,
// another version of this code, or damage, it is begun anew. The words of a message stand in it only to be found; what
// is shown is the message as the views have it.

#include "base/ids.hpp"
#include "base/position.hpp"
#include "base/result.hpp"
#include "storage/record.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace palabre::search {

struct text_query {
  std::string words;                      ///< all of them, and "phrases"; empty: the filters alone
  std::vector<std::string> without;       ///< words or "phrases" of which none may be there
  std::vector<room_id> rooms;             ///< of which one it is in; none: nothing is found
  std::vector<user_id> authors;           ///< of whom one wrote it; none: whoever did
  std::optional<timestamp> after, before; ///< not earlier than the first, earlier than the second
  bool has_link = false;
  enum class order : std::uint8_t { rank, newest_first } by = order::rank;
  std::size_t offset = 0, limit = 20;
};

struct text_hit {
  room_id room;
  stream_version seq = 0;
  std::string snippet; ///< HTML: words that were asked for between <mark> and </mark>
};
struct text_hits {
  std::vector<text_hit> items;
  bool more = false;
};

/// What a message says now; nullopt: nothing any more.
using message_words = std::function<result<std::optional<std::string>>(room_id room, stream_version seq)>;

/// Threads: one at a time.
class text_index {
public:
  /// Opens or begins it, for the log of `epoch`. Errors: io: somebody else has it open, or the directory cannot be
  /// used.
  static result<std::unique_ptr<text_index>> open(const std::string& directory, const std::string& epoch);
  ~text_index();

  /// Takes an event in; what it does not concern costs nothing. It is found at once, and kept by commit().
  /// Errors: io, corrupt.
  result<void> fold(const storage::record& event);
  /// Everything up to `at` was folded.
  void advance(position at);
  position applied() const;
  /// Messages that came or went since the last commit.
  std::size_t pending() const;
  /// Keeps what was folded, and how far, together. Errors: io.
  result<void> commit();
  /// Forgets what `author` wrote, keeps the rest, and writes everything anew: no byte of it is left. Errors: io,
  /// corrupt.
  result<void> forget(user_id author);
  /// Whether something was found in its files that was not written so: begin_anew() is what helps.
  bool is_damaged() const;
  /// Goes back to the position that was kept last. What was taken in behind it may be there, and is taken in again to
  /// the same end. Errors: io, corrupt.
  result<void> reopen();
  /// Forgets everything. Errors: io.
  result<void> begin_anew();

  /// Errors: io, corrupt; those of `words_of`.
  result<text_hits> find(const text_query& what, const message_words& words_of);

private:
  struct state;
  explicit text_index(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

} // namespace palabre::search
