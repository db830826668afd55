#pragma once
#include "seed/api_client.hpp"
#include "seed/plan.hpp"

#include <string>
#include <vector>

namespace palabre::seed {

/// The invented people's accounts on the server, and their sessions while this works. Threads: one.
class accounts {
public:
  /// Requires: both outlive this. `password`: everybody's.
  accounts(api_client& api, const std::vector<person_plan>& people, std::string password);

  /// Registers someone or, where the login is there already, logs in; fills in the profile. Whether they are new.
  /// Errors: wrong_credentials: the login is there with another password; and as ask_as.
  result<bool> enter(std::size_t who);

  /// Asks with this person's token, a new one where it expired. Errors: as api_client::ask; what the server refused.
  result<api_answer> ask_as(std::size_t who, api_request request);

  /// Closes the sessions: they would stay open for days. Errors: as ask_as.
  result<void> leave(std::size_t who);

private:
  struct session {
    std::string access_token, refresh_token;
  };
  result<api_answer> open_session(const person_plan& person, bool& is_new);
  result<void> fill_in_profile(std::size_t who, const api_answer& session);
  result<void> refresh(std::size_t who);
  void take(std::size_t who, const api_answer& session);

  api_client& api_;
  const std::vector<person_plan>& people_;
  const std::string password_;
  std::vector<session> sessions_;
};

} // namespace palabre::seed
