#include "http/hasher.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/thread_name.hpp"
#include "http/pending_result.hpp"

#include <argon2.h>
#include <openssl/crypto.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace palabre::http {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t memory_kib = 19'456, passes = 2, lanes = 1; // OWASP's second choice: memory matters most
constexpr std::size_t salt_bytes = 16, hash_bytes = 32;

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.capacity());
}

std::string encoded_hash(const std::string& password, randomness& random) {
  std::uint8_t salt[salt_bytes];
  random.fill(salt, sizeof salt);
  std::string encoded(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
  const int failed = argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(), salt,
                                           salt_bytes, hash_bytes, encoded.data(), encoded.size());
  if (failed) return {};
  encoded.resize(encoded.find('\0'));
  return encoded;
}

/// A piece of work for the thread; answers its coroutine exactly once.
class job {
public:
  explicit job(std::string& given) : password(given) { wipe(given); }
  virtual ~job() { wipe(password); }
  job(const job&) = delete;

  virtual void run(randomness& random, const std::string& nobodys_hash) = 0;
  virtual void refuse(const error& why) = 0;

protected:
  std::string password;
};

class hash_job final : public job {
public:
  using job::job;
  pending_result<std::string>* pending = nullptr;

  void run(randomness& random, const std::string&) override {
    std::string encoded = encoded_hash(password, random);
    if (encoded.empty())
      pending->complete(error{errc::overloaded, "no memory for a password hash"});
    else
      pending->complete(std::move(encoded));
  }
  void refuse(const error& why) override { pending->complete(why); }
};

class verify_job final : public job {
public:
  verify_job(std::string& given, std::string stored) : job(given), encoded(std::move(stored)) {}
  pending_result<bool>* pending = nullptr;

  void run(randomness&, const std::string& nobodys_hash) override {
    const bool known = !encoded.empty();
    const std::string& against = known ? encoded : nobodys_hash;
    const int verdict = argon2id_verify(against.c_str(), password.data(), password.size());
    if (verdict == ARGON2_OK)
      pending->complete(known);
    else if (verdict == ARGON2_VERIFY_MISMATCH)
      pending->complete(false);
    else if (verdict == ARGON2_MEMORY_ALLOCATION_ERROR)
      pending->complete(error{errc::overloaded, "no memory for a password hash"});
    else
      pending->complete(error{errc::corrupt, "a stored password hash is not one of Argon2id"});
  }
  void refuse(const error& why) override { pending->complete(why); }

private:
  std::string encoded;
};

} // namespace

/// The queue and its thread.
struct password_hasher::state {
  explicit state(randomness& r) : random(r) {}

  void add(std::unique_ptr<job> work) {
    const std::lock_guard lock(mutex);
    if (stopping) return work->refuse({errc::unavailable, "the server stops"});
    if (queue.size() >= limits::hasher_queue_max)
      return work->refuse({errc::overloaded, "too many passwords are waiting"});
    queue.push_back(std::move(work));
    wake.notify_one();
  }

  void work() {
    // What an unknown login is checked against, so that it takes as long as a known one.
    const std::string nobodys_hash = encoded_hash("nobody", random);
    PALABRE_ASSERT(!nobodys_hash.empty());
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (stopping) break;
      const std::unique_ptr<job> next = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      next->run(random, nobodys_hash);
      lock.lock();
    }
    for (const auto& waiting : queue) waiting->refuse({errc::unavailable, "the server stops"});
    queue.clear();
  }

  randomness& random;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::unique_ptr<job>> queue; // by mutex
  bool stopping = false;                  // by mutex
  std::thread thread;
};

password_hasher::password_hasher(randomness& random) : state_(std::make_unique<state>(random)) {
  state_->thread = std::thread([s = state_.get()] {
    name_this_thread("passwords");
    s->work();
  });
}

password_hasher::~password_hasher() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
}

namespace {

/// The longest the queue can take, and more: the hasher answers by itself.
constexpr std::chrono::minutes hasher_wait_max{2};

/// Lets the coroutine wait for `work`, which `to` gets.
template <class T, class Job, class State>
asio::awaitable<result<T>> awaited(State& to, std::unique_ptr<Job> work) {
  const auto start = [](auto resume, State* s, std::unique_ptr<Job> what) {
    what->pending = pending_result<T>::start(std::move(resume), hasher_wait_max, "no password hash in time");
    s->add(std::move(what));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(result<T>)>(start, asio::use_awaitable, &to,
                                                                              std::move(work));
}

} // namespace

asio::awaitable<result<std::string>> password_hasher::hash(std::string password) {
  return awaited<std::string>(*state_, std::make_unique<hash_job>(password));
}

asio::awaitable<result<bool>> password_hasher::verify(std::string password, std::string encoded) {
  return awaited<bool>(*state_, std::make_unique<verify_job>(password, std::move(encoded)));
}

} // namespace palabre::http
