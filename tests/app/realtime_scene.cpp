#include "realtime_scene.hpp"

namespace palabre::testing {

std::string connect_with(std::string_view token) {
  return R"("connect":{"token":)" + json_quoted(token) + R"(,"name":"test"})";
}

websocket_client connected(const running_server& server, const person& who) {
  websocket_client client(server.port());
  const auto reply = client.ask(connect_with(who.token()));
  EXPECT_TRUE(reply.has("/connect/client")) << reply.body;
  return client;
}

std::string channel(const std::string& room) {
  return R"("channel":"room:)" + room + '"';
}

std::string subscribe_to(const std::string& room, std::string_view more) {
  return R"("subscribe":{)" + channel(room) + std::string(more) + '}';
}

std::string recover_from(std::int64_t offset, std::string_view epoch, std::string_view more) {
  return R"(,"recover":true,"offset":)" + std::to_string(offset) + R"(,"epoch":)" + json_quoted(epoch) +
         std::string(more);
}

std::string post_by_rpc(const std::string& room, std::string_view words) {
  return R"("rpc":{"method":"message.post","data":{"room_id":")" + room + R"(","body":)" + json_quoted(words) + "}}";
}

void expect_error(const http_answer& reply, int code) {
  ASSERT_TRUE(reply.has("/error/code")) << reply.body;
  EXPECT_EQ(reply.number("/error/code"), code) << reply.body;
}

void say_until_one_leaves(person& speaker, websocket_client& eager, const std::string& room, std::int64_t top,
                          int& count) {
  const std::string words(3'900, 'w');
  const auto both_listen = [&] {
    const auto reply = eager.ask(R"("presence_stats":{"channel":"room:)" + room + R"("})");
    return reply.number("/presence_stats/num_clients") == 2;
  };
  while (both_listen() && count < 6'000)
    for (int i = 0; i < 50; ++i) {
      speaker.say(room, words);
      ASSERT_EQ(eager.next_with("/push").number("/push/pub/offset"), top + ++count);
    }
}

} // namespace palabre::testing
