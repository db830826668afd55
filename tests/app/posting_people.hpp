#pragma once
// People who post to a few rooms as fast as they are answered, until the server goes away under them, and who know what
// they were answered. What was cut off they post again, with the same client_id, when they start again.

#include "running_server.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace palabre::testing {

struct acked_message {
  std::string id, body;
};

/// Threads: one uses it, besides those it starts.
class posting_people {
public:
  /// Registers them, and lets each into every room.
  posting_people(const running_server& server, std::size_t people, std::size_t rooms, std::uint64_t seed);
  ~posting_people();

  /// Each posts in a thread of its own until the server does not answer. Nothing, if they do already.
  void start(unsigned short port);
  /// Waits until so many more posts were answered; at most a minute.
  void wait_for_acks(std::uint64_t count);
  /// Waits for the threads. Requires: the server was killed.
  void join();
  /// Ends the posting, and leaves nothing unanswered.
  void retry(unsigned short port);

  const std::vector<std::string>& rooms() const { return rooms_; }
  const std::string& owner_token() const { return writers_.front().token; }
  /// By seq, as of now.
  std::map<std::uint64_t, acked_message> acked_in(const std::string& room) const;
  /// What a writer found wrong with an answer; empty: nothing.
  std::string complaint() const;

  struct numbers {
    std::uint64_t acked = 0, retried = 0, replayed = 0;
  };
  numbers counts() const;

private:
  struct post {
    std::string room, client_id;
  };
  struct writer {
    std::string name, token;
    std::mt19937_64 random;
    std::uint64_t posts = 0;
    std::map<std::string, std::uint64_t> last_seq; ///< by room: one's own posts come one after the other
    bool cut_off = false;
    post unanswered;
  };
  class connection;

  void write(writer& who, unsigned short port);
  bool settle(writer& who, connection& to);
  void complain(const std::string& what);

  std::vector<writer> writers_;
  std::vector<std::string> rooms_;
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  std::condition_variable acked_more_;
  std::map<std::string, std::map<std::uint64_t, acked_message>> acked_; // by mutex_, as all that follows
  numbers counts_;
  std::string complaint_;
  bool ending_ = false;
};

} // namespace palabre::testing
