#pragma once
#include "base/assert.hpp"
#include "base/result.hpp"

#include <functional>
#include <utility>

namespace palabre::actors {

/// The one answer to a command. Completes exactly once: by answer(), or, when it is destroyed unanswered because its
/// actor or its mailbox ended, with errc::abandoned. Threads: handed from one to the next; the completion runs on
/// whichever ends it.
template <class T>
class reply {
public:
  using completion = std::function<void(result<T>)>;

  reply() = default;
  explicit reply(completion done) : done_(std::move(done)) {}
  reply(reply&& other) noexcept : done_(std::exchange(other.done_, nullptr)) {}
  reply& operator=(reply&& other) noexcept {
    if (this != &other) {
      abandon();
      done_ = std::exchange(other.done_, nullptr);
    }
    return *this;
  }
  ~reply() { abandon(); }

  void answer(result<T> with) {
    PALABRE_ASSERT(done_ != nullptr);
    std::exchange(done_, nullptr)(std::move(with));
  }

private:
  void abandon() {
    if (done_) std::exchange(done_, nullptr)(error{errc::abandoned, "the actor ended before it answered"});
  }

  completion done_;
};

} // namespace palabre::actors
