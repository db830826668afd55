#include "base/ordered_work.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace palabre {
namespace {

class ordered_work {
public:
  ordered_work(std::size_t slots, std::uint64_t parts) : parts_(parts), made_(slots, false) {}

  /// The next part to make; `parts` when there is none. Waits for its slot.
  std::uint64_t begin() {
    std::unique_lock lock(mutex_);
    slot_free_.wait(lock, [&] { return ended_ || begun_ == parts_ || begun_ < taken_ + made_.size(); });
    return ended_ ? parts_ : begun_ == parts_ ? parts_ : begun_++;
  }
  void finish(std::uint64_t part) {
    {
      const std::lock_guard lock(mutex_);
      made_[slot_of(part)] = true;
    }
    part_made_.notify_one();
  }
  void wait_for(std::uint64_t part) {
    std::unique_lock lock(mutex_);
    part_made_.wait(lock, [&] { return made_[slot_of(part)]; });
  }
  void release(std::uint64_t part, bool go_on) {
    {
      const std::lock_guard lock(mutex_);
      made_[slot_of(part)] = false;
      taken_ = part + 1;
      ended_ = !go_on;
    }
    slot_free_.notify_all();
  }
  std::size_t slot_of(std::uint64_t part) const { return static_cast<std::size_t>(part % made_.size()); }

private:
  const std::uint64_t parts_;
  std::mutex mutex_;
  std::condition_variable slot_free_, part_made_;
  std::vector<bool> made_;              // mutex_; by slot
  std::uint64_t begun_ = 0, taken_ = 0; // mutex_
  bool ended_ = false;                  // mutex_
};

} // namespace

std::size_t working_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

void work_in_order(std::size_t threads, std::size_t slots, std::uint64_t parts,
                   const std::function<void(std::uint64_t, std::size_t)>& make,
                   const std::function<bool(std::uint64_t, std::size_t)>& take) {
  PALABRE_ASSERT(threads >= 1 && slots >= threads);
  ordered_work work(slots, parts);
  std::vector<std::thread> makers;
  for (std::size_t i = 0; i < threads && i < parts; ++i)
    makers.emplace_back([&] {
      for (std::uint64_t part; (part = work.begin()) < parts;) {
        make(part, work.slot_of(part));
        work.finish(part);
      }
    });
  for (std::uint64_t part = 0; part < parts; ++part) {
    work.wait_for(part);
    const bool go_on = take(part, work.slot_of(part));
    work.release(part, go_on);
    if (!go_on) break;
  }
  for (std::thread& maker : makers) maker.join();
}

} // namespace palabre
