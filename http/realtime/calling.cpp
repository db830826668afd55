// rpc: the operations of the API over a realtime connection.
#include "http/realtime/conversation.hpp"

namespace palabre::http::realtime {

namespace asio = boost::asio;

asio::awaitable<void> conversation::call(command c) {
  if (!peer_.who().is_account()) {
    const bool is_nobody = peer_.who().what == identity::kind::nobody;
    co_return refuse(c, shared_.operations.has_rpc(c.method) ? command_errors::unauthorized
                        : is_nobody                          ? command_errors::not_available
                                                             : command_errors::method_not_found);
  }
  if (c.data.empty()) c.data = "{}";
  const identity& peer = peer_.who();
  const access_claims who{peer.user, peer.session, *peer.expires_at};
  std::string request_id = to_text(peer_.client()) + "-" + std::to_string(c.id);
  auto answering = shared_.operations.call_rpc(c.method, std::move(c.data), who, std::move(request_id));
  peer_.set_busy(true);
  const std::optional<answer_or_problem> answered = co_await std::move(answering);
  peer_.set_busy(false);
  answer_call(c, answered);
}

void conversation::answer_call(const command& c, const std::optional<answer_or_problem>& answered) {
  if (!answered) return refuse(c, command_errors::method_not_found);
  if (const auto* wrong = std::get_if<problem>(&*answered)) return refuse(c, {realtime_code(*wrong), wrong->code});
  const std::string& body = std::get<http::answer>(*answered).body;
  std::string data = R"({"data":)";
  data += body.empty() ? std::string_view("{}") : std::string_view(body);
  data += '}';
  answer(c, "rpc", data);
}

} // namespace palabre::http::realtime
