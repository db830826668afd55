// Access and refresh tokens: none is valid that was not issued, and what is issued reads back.
#include "fuzz.hpp"

#include "http/tokens.hpp"

namespace palabre::fuzz {

namespace {

class fixed_clock final : public clock {
public:
  timestamp now() const override { return {1'700'000'000'000}; }
};

} // namespace

void look_at(std::string_view input) {
  static const fixed_clock time;
  static http::token_authority authority("0123456789abcdef0123456789abcdef", time);
  static const std::string issued = authority.issue({user_id{}, session_id{}, {1'800'000'000'000}});
  const auto read = authority.verify(input);
  PALABRE_ASSERT(!read || read.value().user == user_id{});
  PALABRE_ASSERT(authority.verify(issued));
  if (input.size() < issued.size()) { // one of ours, damaged
    std::string damaged = issued;
    damaged.replace(issued.size() - input.size(), input.size(), input);
    PALABRE_ASSERT(damaged == issued || !authority.verify(damaged) ||
                   damaged.substr(0, damaged.size() - 1) == issued.substr(0, issued.size() - 1));
  }
  const auto refresh = http::parse_refresh_token(input);
  PALABRE_ASSERT(!refresh || refresh.value().text == input);
}

} // namespace palabre::fuzz
