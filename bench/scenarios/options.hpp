#pragma once
#include "bench/load/target.hpp"
#include "bench/measuring/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace palabre::bench {

/// What all scenarios can be told.
struct options {
  std::string binary = "/proc/self/exe"; ///< of servers of our own
  std::string url;                       ///< of a server that runs already; empty = servers of our own
  std::string protocol = "palabre";      ///< see dialect_names()
  std::vector<int> pids;                 ///< roots of the server's processes, to measure them; for `url` only
  std::string name;                      ///< of the target in tables; empty = what it is
  std::string ack_means;                 ///< what an accepted message has gone through at the target
  double duration_s = 5, warm_up_s = 1;
  double patience_s = 10; ///< how long what is owed may come to nothing before it counts as lost
  unsigned runs = 3;
  std::uint64_t seed = 1;
  std::vector<int> server_cores, generator_cores; ///< empty = not pinned
  std::string version;                            ///< of this program
};

/// Tells someone how far it is: which part, how much of all (0..1), and a few words.
using tell_progress = std::function<void(const std::string& phase, double part, const std::string& words)>;

/// The server that is measured, fresh for each run where it is ours: a new directory, a new process.
/// Functions throw std::runtime_error if the server does not start.
class arena {
public:
  explicit arena(const options& how);
  /// Puts a fresh server in place of the last one; does nothing to a server that is not ours.
  void renew();
  const endpoint& at() const;
  /// The server's processes; none if it is not ours and nobody told them.
  const process_tree* processes() const { return processes_ ? &*processes_ : nullptr; }
  /// Null if the server is not ours.
  own_server* own() { return own_.get(); }

private:
  const options& how_;
  endpoint remote_;
  std::unique_ptr<temporary_directory> directory_; // before the server that writes into it
  std::unique_ptr<own_server> own_;
  std::optional<process_tree> processes_;
};

/// A result with everything filled in that does not come from running.
result begin_result(const options& how, std::string scenario, std::string question,
                    std::vector<name_and_text> parameters);

} // namespace palabre::bench
