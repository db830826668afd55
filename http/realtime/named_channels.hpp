#pragma once
// Channels that are only names: who may use them, and what happens when one listens or publishes. The same for what
// clients ask, what tokens grant and what the server API orders.

#include "http/namespace_settings.hpp"
#include "http/realtime/codes.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/named_streams.hpp"
#include "http/realtime/recovery.hpp"
#include "http/realtime/subscription_grant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace palabre::http::realtime {

/// The namespace of "chat:42" is "chat", that of "news" is "default". nullptr: there is none of that name.
const namespace_settings* namespace_of(const namespace_table& all, std::string_view channel);

/// Whether one may connect without a token.
bool admits_anyone(const namespace_table& all);

/// Whether `who` may do what needs `needed`. Requires: not permission::token.
bool is_permitted(permission needed, const namespace_settings& in, const identity& who, bool is_subscriber);

/// A connection that is to listen to a channel.
struct named_subscriber {
  std::string channel;
  namespace_settings rules; ///< with what the grant changes in them
  subscription_grant grant;
  std::optional<timestamp> expires_at;
  bool by_server = false;
  bool recoverable = false, positioned = false, join_leave = false; ///< asked for
  std::optional<tag_filter> filter;
  std::optional<claimed_position> had; ///< it wants what came since
  bool reject_unrecovered = false;
};

/// Lets `peer` listen, and answers the body of the subscribe reply, to be sent at once. Errors, with nothing changed:
/// unrecoverable_position. Requires: it does not listen yet; on its thread.
std::variant<std::string, command_error> listen_to_named(connection& peer, context& shared, named_subscriber what);

/// Lets `peer` listen because the server says so, and tells it by a push; what it has missed comes behind that, as
/// publications. Requires: it does not listen yet; nothing that listen_to_named could refuse (`reject_unrecovered`),
/// and no filter; on its thread.
void listen_by_push(connection& peer, context& shared, named_subscriber what);

/// To all who listen; kept if the namespace keeps any.
stream_position publish_to_named(named_streams& streams, const namespace_settings& in, std::string_view channel,
                                 const named_publication& what, bool skip_history = false);

/// `,"expires":true,"ttl":N`. Empty: it never does.
std::string lifetime_json(const std::optional<timestamp>& expires_at, timestamp now);

} // namespace palabre::http::realtime
