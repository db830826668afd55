#pragma once
// What the tests of the realtime protocol share: its commands, and a person with a room.

#include "person.hpp"
#include "running_server.hpp"
#include "websocket_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace palabre::testing {

// ---- Commands, without the braces and the id around them

std::string connect_with(std::string_view token);
/// `"channel":"room:…"`
std::string channel(const std::string& room);
std::string subscribe_to(const std::string& room, std::string_view more = {});
/// Fields of subscribe.
std::string recover_from(std::int64_t offset, std::string_view epoch, std::string_view more = {});
std::string post_by_rpc(const std::string& room, std::string_view words);

/// A connection on which `who` is connected.
websocket_client connected(const running_server& server, const person& who);
void expect_error(const http_answer& reply, int code);

/// Settings with which it is the outbox that ends who does not read, however long that takes to fill, and no clock.
inline const std::string no_clock_ends = "[realtime]\nping_interval = \"1h\"\nwrite_timeout = \"1h\"\n";
/// Says so much that the outbox and the buffers of both sockets cannot hold it, until only one of two still listens:
/// `eager`, who gets each of the `count` messages behind `top` in its turn. Use with ASSERT_NO_FATAL_FAILURE.
void say_until_one_leaves(person& speaker, websocket_client& eager, const std::string& room, std::int64_t top,
                          int& count);

class Realtime : public ::testing::Test {
protected:
  explicit Realtime(const std::string& config = {}) : server_(config) {}

  running_server server_;
  person ada_{server_, "ada"};
  std::string room_ = ada_.make_room("Salon", R"(,"visibility":"public")");
};

} // namespace palabre::testing
