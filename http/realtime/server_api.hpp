#pragma once
// The server API: what other systems' backends ask and order over HTTP, as POST /api/<method> with the bodies and
// answers of Centrifugo's HTTP API.
//
// A key opens the namespaces that have its hash; of other channels, rooms and users included, a caller learns and
// changes nothing: error 103. What concerns a user as a whole is limited to these namespaces too, with one exception:
// `disconnect` ends any connection of a user of another system, or of a guest by its client id, because such
// connections belong to no namespace; connections of accounts here it does not touch.

#include "http/api.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/named_channels.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <variant>

namespace palabre::http::realtime {

/// The namespaces that one key opens. Lifetime: the settings outlive it.
class opened_namespaces {
public:
  /// By the header X-API-Key, or `Authorization: apikey KEY`. Every hash is compared, in constant time.
  opened_namespaces(const namespace_table& all, const call& c);

  bool empty() const { return opened_.empty(); }
  bool opens(std::string_view channel) const;
  /// Its namespace; or why there is nothing to do there: 107 for no name of a channel, 102 for no namespace, 103.
  std::variant<const namespace_settings*, command_error> find(std::string_view channel) const;

private:
  const namespace_table& all_;
  std::vector<const namespace_settings*> opened_;
};

/// The JSON of a result, or the error that stands in the answer for it.
using api_outcome = std::variant<std::string, command_error>;

/// Appends {"result":…} or {"error":{"code":…,"message":…}}.
void append_outcome(std::string& out, const api_outcome& outcome);
/// Appends the result as it is, or {"error":{"code":…,"message":…}}.
void append_bare_outcome(std::string& out, const api_outcome& outcome);
using api_envelope = void (*)(std::string& out, const api_outcome& outcome);

/// One request, while it is worked on. Lives in the coroutine that does.
struct api_request {
  context& shared;
  const opened_namespaces& opened;
  json_object body;
};

using api_method = boost::asio::awaitable<api_outcome> (*)(api_request r);

// ---- The methods; what does not have its fields is error 107.

/// {channel, data | b64data, tags?, skip_history?, idempotency_key?} → {offset?, epoch?}. A key that came to the
/// channel within published_keys::kept_for before: nothing is published, and the answer is that of then, whatever else
/// is asked.
boost::asio::awaitable<api_outcome> api_publish(api_request r);
/// {channels, …} → {responses: [{result} | {error}]}, in the order of the channels
boost::asio::awaitable<api_outcome> api_broadcast(api_request r);
/// {user, channel, client?, info?, b64info?, data?, b64data?, override?, recover_since?: {offset, epoch}} → {}: all its
/// connections listen from now on, until they end; where recovery is forced they get what came since.
boost::asio::awaitable<api_outcome> api_subscribe(api_request r);
/// {user, channel, client?} → {}
boost::asio::awaitable<api_outcome> api_unsubscribe(api_request r);
/// {user, client?, whitelist?, disconnect?: {code, reason}} → {}; 3503 by default
boost::asio::awaitable<api_outcome> api_disconnect(api_request r);
/// {channel} → {presence: {…}}
boost::asio::awaitable<api_outcome> api_presence(api_request r);
/// {channel} → {num_clients, num_users}
boost::asio::awaitable<api_outcome> api_presence_stats(api_request r);
/// {channel, limit?, since?: {offset, epoch}, reverse?} → {publications, offset, epoch}
boost::asio::awaitable<api_outcome> api_history(api_request r);
/// {pattern?} → {channels: {…: {num_clients}}}: those that someone listens to; "*" stands for any text, "?" for a
/// letter
boost::asio::awaitable<api_outcome> api_channels(api_request r);
/// {} → {nodes: [{…}]}: this server, and who listens to what the key opens
boost::asio::awaitable<api_outcome> api_info(api_request r);

constexpr std::size_t batch_commands_max = 1'000; ///< over it: error 106, and none is carried out

/// {commands: [{<method>: {…}}], parallel?} → {replies: [{<method>: {…}} | {error}]}: one after the other, in their
/// order. A command without one of the methods above is error 104, one with two of them 107. What comes behind
/// limits::api_history_bytes_max of replies is not carried out: error 106. Limits: `parallel` changes nothing.
boost::asio::awaitable<api_outcome> api_batch(api_request r);

/// Runs a method: 401 without a key that opens anything, 400 for a body that is no JSON object, else 200 with
/// {"result":…} or {"error":{"code","message"}}, or what another envelope makes of it.
boost::asio::awaitable<answer_or_problem> call_server_api(services& s, call& c, api_method method,
                                                          api_envelope envelope = append_outcome);

} // namespace palabre::http::realtime
