// POST /rooms/{id}/typing: somebody is writing. Told to those who listen, stored nowhere.
#include "base/digest.hpp"
#include "http/realtime/endpoint.hpp"
#include "http/realtime/ephemera.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// One key for both, so that who is loud in one room is still heard in another.
uuid typist_key(user_id user, room_id room) {
  std::string both;
  append_bytes(both, user);
  append_bytes(both, room);
  uuid key;
  key.bytes = shortened(sha256(both));
  return key;
}

std::string typing_event(const call& c, timestamp now) {
  std::string event = R"({"type":"typing","v":1,"room_id":")" + to_text(c.room->room) + R"(","actor_id":")" +
                      to_text(c.user()) + R"(","at":")" + to_rfc3339(now) + R"(","data":{"user_id":")" +
                      to_text(c.user()) + R"("}})";
  return event;
}

awaitable<answer_or_problem> tell_typing(services& s, call& c) {
  const auto now = std::chrono::steady_clock::now();
  auto refusal = c.of->rates().take(rate_class::typing, typist_key(c.user(), c.room->room), now, &c.rate);
  if (refusal) co_return std::move(*refusal);
  if (c.room->archived) co_return problem_of({errc::room_archived, ""});
  if (c.standing->is_muted(s.time.now())) co_return problem_of({errc::muted, {}});
  const auto channel = realtime::channel_of(c.room->room);
  if (s.realtime != nullptr && s.realtime->all_hubs.hear(channel))
    s.realtime->all_hubs.hand_over(realtime::ephemeral_publication(channel, typing_event(c, s.time.now()), "typing"));
  answer done;
  done.status = 204;
  co_return done;
}

} // namespace

std::span<const route> typing_routes() {
  static constexpr std::string_view tag = "Presence";
  static constexpr route rows[] = {
      {.name = "tell_typing",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/typing",
       .needs = access::room_post,
       .run = tell_typing,
       .summary = "Tell those who listen that you are writing; stored nowhere.",
       .refuses = {"room_archived", "muted"},
       .rpc = "typing",
       .rate = rate_class::typing,
       .stores_nothing = true},
  };
  return rows;
}

} // namespace palabre::http
