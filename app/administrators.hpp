#pragma once
// Who administrates: whoever was promoted, which the log knows, and whoever has a login that the configuration names,
// for as long as it does. What `palabre user` and a running server do about it.

#include "actors/protocol.hpp"
#include "app/control_socket.hpp"
#include "projections/projector.hpp"
#include "storage/event_log.hpp"
#include "storage/views_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace palabre::app {

/// What this stands on, running, in a server or offline. Lifetime: outlives the call.
struct administration {
  const storage::event_log& log;
  const storage::views_store& views;
  projections::projector& projector;
  actors::gateway& commands;
  const std::string& name_key;
  const std::vector<std::string>& configured; ///< logins, in their canonical form
};

enum class standing : bool { ordinary, administrator };

struct standing_changed {
  std::string who;         ///< "ada (0190…)"
  bool was_so = false;     ///< there was nothing to do
  bool configured = false; ///< an administrator by the configuration as well
};

/// Promotes or demotes whom `text` names, a login or an id, in the name of the system, and waits until the views know:
/// the next request is judged by it. Blocks; not on a thread of the actors, the journal or the projector.
/// Errors: not_found: no such account; unavailable, overloaded, io, corrupt.
result<standing_changed> set_standing(const administration& ground, const std::string& text, standing to);

struct listed_account {
  std::string login;
  std::optional<user_id> user; ///< nullopt: the configuration names a login that nobody has yet
  bool promoted = false;
  bool configured = false;
};
struct account_page {
  std::vector<listed_account> items;
  std::optional<user_id> next; ///< behind whom it goes on
};
constexpr std::size_t accounts_per_page = 200; ///< an answer of the control socket has room for them
/// Accounts behind `after`, or of them the administrators, which are found by looking at all accounts; on the last page
/// also those that the configuration names and nobody has. Errors: io, corrupt, unavailable.
result<account_page> list_accounts(const administration& ground, std::optional<user_id> after, bool administrators);

/// The commands `promote`, `demote` and `accounts` of a server's control socket. `ground` may refuse.
void add_administration(control_socket& control, std::function<result<administration>()> ground);

// ---- The other end of them. Errors: those of the command; malformed; io: the server went away.
result<standing_changed> ask_standing(const std::string& data, const std::string& text, standing to);
result<account_page> ask_accounts(const std::string& data, std::optional<user_id> after, bool administrators);

} // namespace palabre::app
