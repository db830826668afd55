#include "http/router.hpp"

#include <gtest/gtest.h>

namespace palabre::http {
namespace {

boost::asio::awaitable<answer_or_problem> nothing(services&, call&) {
  co_return answer{};
}

route row(verb method, std::string_view path, access needs, std::string_view rpc = {}) {
  return {.name = path,
          .tag = "Tests",
          .method = method,
          .path = path,
          .needs = needs,
          .run = &nothing,
          .summary = "A test.",
          .rpc = rpc};
}

const std::vector<route> table = {
    row(verb::get, "/", access::anyone),
    row(verb::get, "/health", access::anyone),
    row(verb::get, "/rooms", access::user),
    row(verb::post, "/rooms", access::user),
    row(verb::post, "/rooms/join", access::user),
    row(verb::get, "/rooms/{id}", access::room_see),
    row(verb::post, "/rooms/{id}/join", access::user, "room.join"),
    row(verb::put, "/rooms/{id}/messages/{mid}/reactions/{emoji}", access::room_read),
};

class Router : public ::testing::Test {
protected:
  /// The path that was found and its captures, or "none".
  std::string found(std::string_view path) {
    std::vector<std::string> captures;
    const path_rows* rows = router_.find(path, captures);
    if (!rows) return captures.empty() ? "none" : "none, but captures";
    std::string said;
    for (const route* row : rows->by_verb)
      if (row) said = row->path;
    for (const std::string& c : captures) said += " " + c;
    return said;
  }
  router router_{table};
};

TEST_F(Router, FindsAPathAndItsParameters) {
  EXPECT_EQ(found("/"), "/");
  EXPECT_EQ(found("/health"), "/health");
  EXPECT_EQ(found("/rooms/7"), "/rooms/{id} 7");
  EXPECT_EQ(found("/rooms/7/messages/8/reactions/9"), "/rooms/{id}/messages/{mid}/reactions/{emoji} 7 8 9");
}

TEST_F(Router, ALiteralGoesBeforeAParameter) {
  EXPECT_EQ(found("/rooms/join"), "/rooms/join");
  EXPECT_EQ(found("/rooms/join/join"), "/rooms/{id}/join join");
  EXPECT_EQ(found("/rooms/joins"), "/rooms/{id} joins");
}

TEST_F(Router, KnowsNoOtherPath) {
  for (const char* path :
       {"", "//", "*", "health", "/health/", "//health", "/rooms/", "/rooms//join", "/rooms/7/", "/rooms/7/messages",
        "/Health", "/rooms/7/messages/8/reactions/", "/rooms/7/messages/8/reactions/9/x"})
    EXPECT_EQ(found(path), "none") << path;
}

TEST_F(Router, DecodesParameters) {
  EXPECT_EQ(found("/rooms/a%20b%2Fc"), "/rooms/{id} a b/c");
  EXPECT_EQ(found("/rooms/7/messages/8/reactions/%F0%9F%91%8D"), "/rooms/{id}/messages/{mid}/reactions/{emoji} 7 8 👍");
  for (const char* path : {"/rooms/%", "/rooms/%2", "/rooms/%zz", "/rooms/%FF", "/rooms/%00", "/rooms/a%"})
    EXPECT_EQ(found(path), "none") << path;
}

TEST_F(Router, TellsWhichMethodsAPathHas) {
  std::vector<std::string> captures;
  EXPECT_EQ(router_.find("/rooms", captures)->allowed(), "GET, HEAD, POST");
  EXPECT_EQ(router_.find("/rooms/join", captures)->allowed(), "POST");
  EXPECT_EQ(router_.find("/rooms", captures)->least_access(), access::user);
}

TEST_F(Router, FindsRpcs) {
  ASSERT_NE(router_.find_rpc("room.join"), nullptr);
  EXPECT_EQ(router_.find_rpc("room.join")->path, "/rooms/{id}/join");
  EXPECT_EQ(router_.find_rpc(""), nullptr);
  EXPECT_EQ(router_.find_rpc("room.joi"), nullptr);
}

TEST_F(Router, EncodingIsUndoneByDecoding) {
  const std::string text = "a b/c%👍~";
  EXPECT_EQ(percent_encoded(text), "a%20b%2Fc%25%F0%9F%91%8D~");
  EXPECT_EQ(percent_decoded(percent_encoded(text)), text);
}

} // namespace
} // namespace palabre::http
