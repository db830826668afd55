#include "http/realtime/sessions.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <utility>

namespace palabre::http::realtime {

void session::say(std::string message) {
  {
    const std::lock_guard lock(mutex_);
    if (overflowed_) return;
    bytes_ += message.size();
    unheard_.push_back(std::move(message));
    overflowed_ = bytes_ > limits::emulated_bytes_max || unheard_.size() > limits::emulated_messages_max;
    if (overflowed_) unheard_.clear();
    if (std::exchange(awake_, true)) return;
  }
  boost::asio::post(home_, [self = shared_from_this()] {
    if (self->wake_) self->wake_();
  });
}

std::optional<std::string> session::take() {
  const std::lock_guard lock(mutex_);
  if (unheard_.empty()) {
    awake_ = false;
    return std::nullopt;
  }
  std::string message = std::move(unheard_.front());
  unheard_.pop_front();
  bytes_ -= message.size();
  return message;
}

bool session::has_overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

void session::fall_silent() {
  wake_ = nullptr;
}

std::string sessions::new_id() const {
  std::array<std::uint8_t, 16> bytes;
  random_.fill(bytes.data(), bytes.size());
  return to_base64url(as_bytes(bytes));
}

std::shared_ptr<session> sessions::begin(boost::asio::io_context& home, std::function<void()> wake) {
  auto made = std::make_shared<session>(new_id(), home, std::move(wake));
  const std::lock_guard lock(mutex_);
  all_.emplace(made->id(), made);
  return made;
}

void sessions::end(session& s) {
  s.fall_silent();
  const std::lock_guard lock(mutex_);
  all_.erase(s.id());
}

bool sessions::say(const std::string& id, std::string message) const {
  std::shared_ptr<session> to;
  {
    const std::lock_guard lock(mutex_);
    const auto found = all_.find(id);
    if (found == all_.end()) return false;
    to = found->second;
  }
  to->say(std::move(message));
  return true;
}

} // namespace palabre::http::realtime
