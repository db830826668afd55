#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace palabre::http {

/// Who may do something in the channels of a namespace.
enum class permission : std::uint8_t {
  nobody,      ///< no client: the server API alone
  token,       ///< who has a subscription token for the channel (to subscribe)
  subscribers, ///< who listens to the channel (for anything else)
  user,        ///< whoever has a name: an account here, or a user in another system's token
  anyone       ///< those without a name too, if the namespace is `anonymous`
};

/// `[namespaces.NAME]`: what the channels "NAME:…" can do. A name without a colon belongs to "default", if there is
/// one.
struct namespace_settings {
  std::size_t history_size = 0; ///< publications kept in memory for each channel; 0: none
  std::chrono::seconds history_ttl{300};
  bool presence = false;              ///< who listens can be asked for
  bool join_leave = false;            ///< who comes and goes is told to those who ask for it and may see presence
  bool force_push_join_leave = false; ///< … to all
  bool force_recovery = false;        ///< clients recover without having asked for it
  bool force_positioning = false;
  permission subscribe = permission::token;
  permission publish = permission::nobody;
  permission history_for = permission::subscribers;
  permission presence_for = permission::subscribers;
  bool anonymous = false; ///< one may connect without a token, and subscribe as nobody where `anyone` may or by a token
  std::vector<std::string> api_key_hashes; ///< SHA-256 in lower-case hex, of the keys of the server API
};

/// By name. Empty: there are no channels but rooms and users.
using namespace_table = std::map<std::string, namespace_settings, std::less<>>;

} // namespace palabre::http
