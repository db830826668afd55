#include "seed/accounts.hpp"

namespace palabre::seed {

accounts::accounts(api_client& api, const std::vector<person_plan>& people, std::string password)
    : api_(api), people_(people), password_(std::move(password)), sessions_(people.size()) {}

result<bool> accounts::enter(std::size_t who) {
  bool is_new = false;
  PALABRE_TRY(const api_answer opened, open_session(people_[who], is_new));
  take(who, opened);
  PALABRE_TRY(fill_in_profile(who, opened));
  return is_new;
}

result<api_answer> accounts::open_session(const person_plan& person, bool& is_new) {
  const std::string credentials =
      R"({"login":)" + json_string(person.login) + R"(,"password":)" + json_string(password_);
  const api_request registers{"POST", "/api/v1/auth/register",
                              credentials + R"(,"display_name":)" + json_string(person.display_name) + '}'};
  PALABRE_TRY(api_answer made, api_.ask(registers));
  is_new = made.is_good();
  if (is_new) return made;
  if (made.text("/code") != "login_taken") return refusal(registers, made);
  const api_request logs_in{"POST", "/api/v1/auth/login", credentials + '}'};
  PALABRE_TRY(api_answer known, api_.ask(logs_in));
  if (known.is_good()) return known;
  if (known.status != 401) return refusal(logs_in, known);
  return error{errc::wrong_credentials, person.login +
                                            " has an account there already, with another password: give the one of the "
                                            "first run, or choose another --seed"};
}

result<void> accounts::fill_in_profile(std::size_t who, const api_answer& session) {
  const person_plan& person = people_[who];
  if (session.text("/user/bio") == person.bio) return success(); // an earlier run did
  std::string interests;
  for (const std::string& each : person.interests) interests += (interests.empty() ? "" : ",") + json_string(each);
  PALABRE_TRY(ask_as(who, {"PATCH", "/api/v1/me",
                           R"({"bio":)" + json_string(person.bio) + R"(,"city":)" + json_string(person.city) +
                               R"(,"interests":[)" + interests + "]}"}));
  return success();
}

result<api_answer> accounts::ask_as(std::size_t who, api_request request) {
  request.token = sessions_[who].access_token;
  PALABRE_TRY(api_answer got, api_.ask(request));
  if (got.status == 401) {
    PALABRE_TRY(refresh(who));
    request.token = sessions_[who].access_token;
    PALABRE_TRY(got, api_.ask(request));
  }
  if (!got.is_good()) return refusal(request, got);
  return got;
}

result<void> accounts::refresh(std::size_t who) {
  const api_request asks{"POST", "/api/v1/auth/refresh",
                         R"({"refresh_token":)" + json_string(sessions_[who].refresh_token) + '}'};
  PALABRE_TRY(const api_answer got, api_.ask(asks));
  if (!got.is_good()) return refusal(asks, got);
  take(who, got);
  return success();
}

result<void> accounts::leave(std::size_t who) {
  PALABRE_TRY(ask_as(
      who, {"POST", "/api/v1/auth/logout", R"({"refresh_token":)" + json_string(sessions_[who].refresh_token) + '}'}));
  return success();
}

void accounts::take(std::size_t who, const api_answer& session) {
  sessions_[who] = {session.text("/access_token").value_or(""), session.text("/refresh_token").value_or("")};
}

} // namespace palabre::seed
