#include "http/pending_result.hpp"

#include <boost/asio/query.hpp>

#include <vector>

namespace palabre::http {
namespace {

/// Ties the pending results to the context: told in time when it ends.
class pending_service final : public boost::asio::execution_context::service {
public:
  using key_type = pending_service;
  static inline boost::asio::execution_context::id id;

  explicit pending_service(boost::asio::execution_context& context)
      : service(context), all_(std::make_shared<pending_results>(static_cast<boost::asio::io_context&>(context))) {}

  const std::shared_ptr<pending_results>& all() const { return all_; }

private:
  void shutdown() override { all_->shutdown(); }

  std::shared_ptr<pending_results> all_;
};

} // namespace

std::shared_ptr<pending_results> pending_results::of(const boost::asio::any_io_executor& executor) {
  auto& context = boost::asio::query(executor, boost::asio::execution::context);
  return boost::asio::use_service<pending_service>(context).all();
}

pending_results::pending_results(boost::asio::io_context& context) {
  timer_.emplace(context);
}

void pending_results::add(entry& e) {
  const std::lock_guard lock(mutex_);
  if (!timer_) return;
  pending_.push_back(e);
  if (!armed_) arm();
}

void pending_results::arm() {
  armed_ = true;
  timer_->expires_after(tick);
  timer_->async_wait([all = weak_from_this()](const boost::system::error_code& failed) {
    if (failed) return;
    if (const auto self = all.lock()) self->sweep();
  });
}

void pending_results::sweep() {
  const std::lock_guard lock(mutex_);
  armed_ = false;
  if (!timer_) return;
  const auto now = std::chrono::steady_clock::now();
  for (auto at = pending_.begin(); at != pending_.end();) {
    entry& e = *at++;
    if (e.deadline > now) continue;
    pending_.erase(pending_.iterator_to(e));
    e.expire();
  }
  if (!pending_.empty()) arm();
}

void pending_results::shutdown() {
  std::vector<std::shared_ptr<void>> coroutines; // their destructors run without the lock
  const std::lock_guard lock(mutex_);
  timer_.reset();
  while (!pending_.empty()) {
    entry& e = pending_.front();
    pending_.pop_front();
    coroutines.push_back(e.release());
  }
}

} // namespace palabre::http
