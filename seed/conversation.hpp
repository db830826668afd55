#pragma once
#include "seed/chance.hpp"
#include "seed/plan.hpp"
#include "seed/wording.hpp"

#include <deque>
#include <string>
#include <vector>

namespace palabre::seed {

/// What happens in one room, exchange after exchange, without end: someone begins, others answer and react, some
/// mistype and correct it, now and then something was meant for another room.
/// Lifetime: the room and the people outlive it.
class conversation {
public:
  conversation(std::uint64_t seed, std::size_t number, const room_plan& room, const std::vector<person_plan>& people);

  step next();

private:
  struct saying {
    const phrase_book* book;
    const topic* about;
    const exchange* words;
  };

  void compose();
  saying choose();
  void refill();
  void add_all(const phrase_book& book, const topic& about, int times);
  void begin(const exchange& words, wording& say);
  void answer(const exchange& words, wording& say);
  void end(const exchange& words, wording& say);
  void slip(const phrase_book& book);
  void post(std::size_t who, std::string body, std::optional<std::size_t> reply_to);
  void react(std::size_t message, std::size_t author);
  std::size_t other_than(std::size_t who, std::size_t nor);
  std::string mistyped(const std::string& body);

  const std::size_t number_;
  const room_plan& room_;
  const std::vector<person_plan>& people_;
  chance random_;
  std::vector<saying> left_;
  const exchange* last_ = nullptr;
  std::deque<step> steps_;
  std::vector<step> corrections_; ///< that come a little later
  const topic* about_ = nullptr;  ///< of the current exchange
  std::size_t messages_ = 0;
  std::size_t opener_ = 0, asker_ = 0;         ///< of the current exchange: the message, and who wrote it
  std::size_t last_message_ = 0, speaker_ = 0; ///< the last, and who wrote it
};

} // namespace palabre::seed
