// rpc: the operations of the API over a realtime connection.
#include "base/limits.hpp"
#include "http/failure_log.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/realtime/conversation.hpp"
#include "http/realtime/reply.hpp"

#include <boost/asio/co_spawn.hpp>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

/// The answer of an operation as the frame of a reply.
std::string reply_to(std::uint32_t id, const std::optional<answer_or_problem>& answered, wire w) {
  if (!answered) return error_reply(id, command_errors::method_not_found, w);
  if (const auto* wrong = std::get_if<problem>(&*answered))
    return error_reply(id, {realtime_code(*wrong), wrong->code}, w);
  const std::string& body = std::get<answer>(*answered).body;
  std::string data = R"({"data":)";
  data += body.empty() ? std::string_view("{}") : std::string_view(body);
  data += '}';
  return reply(id, "rpc", data, w);
}

/// Answers whenever the answer is there. The connection may have ended by then.
asio::awaitable<void> answer_late(std::shared_ptr<connection> peer, context& shared, command c, access_claims who,
                                  std::string request_id) {
  auto answering = shared.operations.call_rpc(c.method, std::move(c.data), who, std::move(request_id));
  const std::optional<answer_or_problem> answered = co_await std::move(answering);
  peer->send(reply_to(c.id, answered, peer->framing()));
}

} // namespace

asio::awaitable<void> conversation::call(command c) {
  const bool exists = shared_.operations.has_rpc(c.method);
  const bool is_nobody = peer_.who().what == identity::kind::nobody;
  if ((!exists || !peer_.who().is_account()) && is_too_much(rate_class::read)) // what there is draws by its row
    co_return refuse(c, command_errors::too_many_requests);
  if (!peer_.who().is_account())
    co_return refuse(c, exists      ? command_errors::unauthorized
                        : is_nobody ? command_errors::not_available
                                    : command_errors::method_not_found);
  if (!exists) co_return refuse(c, command_errors::method_not_found);
  if (c.data.empty()) c.data = "{}";
  const identity& peer = peer_.who();
  const access_claims who{peer.user, peer.session, *peer.expires_at};
  shared_.edge.presence.act(who.user); // what clients do by themselves, as subscribing again, does not come here
  std::string request_id = to_text(peer_.client()) + "-" + std::to_string(c.id);
  if (shared_.operations.answers_late(c.method)) co_return call_beside(std::move(c), who, std::move(request_id));
  auto answering = shared_.operations.call_rpc(c.method, std::move(c.data), who, std::move(request_id));
  peer_.set_busy(true);
  const std::optional<answer_or_problem> answered = co_await std::move(answering);
  peer_.set_busy(false);
  peer_.send(reply_to(c.id, answered, peer_.framing()));
}

void conversation::call_beside(command c, const access_claims& who, std::string request_id) {
  if (peer_.late_answers == limits::late_answers_max) return refuse(c, command_errors::too_many_requests);
  ++peer_.late_answers;
  auto ended = [peer = peer_.shared_from_this(), id = c.id](std::exception_ptr failure) {
    peer->late_answers--;
    if (!failure) return;
    log_failure("a realtime call", failure);
    peer->send(error_reply(id, command_errors::internal, peer->framing()));
  };
  auto answering = answer_late(peer_.shared_from_this(), shared_, std::move(c), who, std::move(request_id));
  asio::co_spawn(peer_.home().io(), std::move(answering), std::move(ended));
}

} // namespace palabre::http::realtime
