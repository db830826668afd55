// A new endpoint is one row and one handler; all the rest follows. Here: the rows of this build and one more, behind a
// real socket. That the generated client has it: tests/contract/new_endpoint_test.mjs.

#include "edge_fixture.hpp"
#include "greeting_routes.hpp"
#include "http/openapi.hpp"
#include "http/pages.hpp"
#include "http/server/server.hpp"
#include "server_loopback.hpp"

#include <gmock/gmock.h>
#include <simdjson.h>
#include <spdlog/spdlog.h>

#include <charconv>

namespace palabre::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

edge_settings with_few_writes() {
  spdlog::set_level(spdlog::level::off);
  edge_settings s;
  s.version = "1.2.3";
  s.rates.writes_per_second = 1; // five at once
  return s;
}

/// The whole edge with one more row.
class one_more : public edge_fixture {
protected:
  explicit one_more(const route& row) : edge_fixture(with_few_writes()), table(route_table_and(row)), added(row) {
    catch_up();
    port = served.start("127.0.0.1", 0).value();
  }

  std::string ask(std::string_view method, std::string_view target, std::string_view body = {},
                  std::string_view headers = "Content-Type: application/json\r\n") {
    byte_client client(port);
    std::string request(method);
    request.append(" ").append(target).append(" HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ");
    request.append(token).append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
    client.send(request.append(headers).append("\r\n").append(body));
    return client.answer(method == "HEAD");
  }
  std::string post(std::string_view body) { return ask("POST", "/api/v1/greetings", body); }
  /// The reply to an rpc, by a connection that streams.
  std::string call(std::string_view method, std::string_view data) {
    const std::string said = R"({"id":1,"connect":{"token":")" + token + "\"}}\n" + R"({"id":2,"rpc":{"method":")" +
                             std::string(method) + R"(","data":)" + std::string(data) + "}}";
    byte_client client(port);
    client.send("POST /connection/http_stream HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(said.size()) +
                "\r\n\r\n" + said);
    client.until(R"({"id":2,)");
    return client.until("\n");
  }
  /// What the document says, by a JSON pointer; strings as they are, other values as JSON.
  std::string said(std::string_view pointer) {
    simdjson::dom::element all, found;
    if (parser.parse(openapi_document(table, "1.2.3")).get(all) || all.at_pointer(pointer).get(found)) return {};
    std::string_view text;
    return found.get(text) ? simdjson::minify(found) : std::string(text);
  }

  const std::vector<route> table;
  const route added;
  server served{edge, table};
  unsigned short port = 0;
  const std::string token = token_of(a_user());
  simdjson::dom::parser parser;
};

class NewEndpoint : public one_more {
protected:
  NewEndpoint() : one_more(make_greeting()) {}

  const std::string operation = "/paths/~1api~1v1~1greetings/post";
};

TEST_F(NewEndpoint, IsNotInTheTableOfTheBuild) {
  for (const route& row : route_table()) EXPECT_NE(row.path, added.path);
}

TEST_F(NewEndpoint, IsDispatched) {
  const std::string answer = post(R"({"to":"Ada"})");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(answer, EndsWith(R"({"greeting":"Hello, Ada!"})"));
}

TEST_F(NewEndpoint, HasItsBodyChecked) {
  const std::string wrong = post(R"({"to":"","times":7})");
  EXPECT_THAT(wrong, StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(wrong, HasSubstr(R"("code":"validation_failed")"));
  EXPECT_THAT(wrong, HasSubstr(R"("pointer":"/to","code":"too_short")"));
  EXPECT_THAT(wrong, HasSubstr(R"("pointer":"/times")"));
  EXPECT_THAT(post(R"({"to":")" + std::string(41, 'a') + "\"}"), HasSubstr("greeted_code_points: at most 40"));
  EXPECT_THAT(post("{"), HasSubstr(R"("code":"malformed_json")"));
  EXPECT_THAT(ask("POST", added.path, "{}", "Content-Type: text/plain\r\n"), StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(post(R"({"to":"Ada","times":3})"), HasSubstr(R"("code":"conflict")"));
}

TEST_F(NewEndpoint, IsForWhoMay) {
  byte_client stranger(port);
  stranger.send("POST /api/v1/greetings HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(stranger.answer(), StartsWith("HTTP/1.1 401 "));
}

TEST_F(NewEndpoint, StandsInTheDocumentWithBodyAnswerAndExamples) {
  EXPECT_EQ(said(operation + "/operationId"), "make_greeting");
  EXPECT_EQ(said(operation + "/tags/0"), "Greetings");
  EXPECT_EQ(said(operation + "/summary"), "Greet somebody.");
  EXPECT_EQ(said(operation + "/description"), "Nobody is told.");
  EXPECT_EQ(said(operation + "/x-palabre-rpc"), "greeting.make");
  EXPECT_EQ(said(operation + "/x-palabre-rate-class"), "write");
  EXPECT_EQ(said(operation + "/security/0/bearer"), "[]");
  const std::string takes = operation + "/requestBody/content/application~1json",
                    gives = operation + "/responses/201/content/application~1json";
  EXPECT_EQ(said(takes + "/schema/$ref"), "#/components/schemas/NewGreeting");
  EXPECT_EQ(said(takes + "/example"), R"({"to":"Ada","times":2})");
  EXPECT_EQ(said("/components/schemas/NewGreeting/properties/to/maxLength"), "40");
  EXPECT_EQ(said("/components/schemas/NewGreeting/properties/times/anyOf/0/maximum") +
                said("/components/schemas/NewGreeting/properties/times/maximum"),
            "3");
  EXPECT_EQ(said("/components/schemas/NewGreeting/required"), R"(["to"])");
  EXPECT_EQ(said(gives + "/schema/$ref"), "#/components/schemas/Greeting");
  EXPECT_EQ(said(gives + "/example"), R"({"greeting":"Hello, Ada!"})");
}

TEST_F(NewEndpoint, StandsInTheDocumentWithEveryError) {
  const auto codes = codes_of(added);
  for (const std::string_view expected : {"conflict", "unauthenticated", "validation_failed", "malformed_json",
                                          "unsupported_media_type", "payload_too_large", "rate_limited"})
    EXPECT_TRUE(std::ranges::count(codes, expected)) << expected;
  for (const std::string_view code : codes) {
    const std::string status = std::to_string(problem_kind_of(code).status);
    const std::string response = said(operation + "/responses/" + status + "/$ref").substr(1);
    const std::string example =
        said(response + "/content/application~1problem+json/examples/" + std::string(code) + "/$ref").substr(1);
    EXPECT_EQ(said(example + "/value/code"), code) << status;
  }
}

TEST_F(NewEndpoint, StandsInTheTableOfOperations) {
  EXPECT_THAT(operations_document(table),
              HasSubstr("## Greetings\n\n| | | who may | rpc | rate |\n|---|---|---|---|---|\n"
                        "| `POST /api/v1/greetings` | Greet somebody. | any user | `greeting.make` | write |\n"));
}

/// The page shows what /openapi.json says, and asks for nothing else.
TEST_F(NewEndpoint, IsOnThePageToTryItOn) {
  EXPECT_THAT(ask("GET", "/docs"), StartsWith("HTTP/1.1 200 "));
  ASSERT_NE(find_page("docs.js"), nullptr);
  EXPECT_THAT(std::string(find_page("docs.js")->bytes), HasSubstr("request('GET', '/openapi.json')"));
  EXPECT_THAT(ask("GET", "/openapi.json"), HasSubstr(R"("operationId":"make_greeting")"));
}

TEST_F(NewEndpoint, HasTheRateOfItsClass) {
  const std::string first = post(R"({"to":"Ada"})");
  EXPECT_THAT(first, HasSubstr("RateLimit-Policy: \"write\";q=5;w=5\r\n"));
  EXPECT_THAT(first, HasSubstr("RateLimit: \"write\";r=4"));
  std::string last = first;
  for (int i = 0; i < 100 && last.starts_with("HTTP/1.1 201"); ++i) last = post(R"({"to":"Ada"})");
  EXPECT_THAT(last, StartsWith("HTTP/1.1 429 Too Many Requests\r\n"));
  EXPECT_THAT(last, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(last, HasSubstr(R"("code":"rate_limited")"));
}

TEST_F(NewEndpoint, IsCalledByRpcWithTheSameAnswer) {
  EXPECT_THAT(call("greeting.make", R"({"to":"Ada"})"), HasSubstr(R"("rpc":{"data":{"greeting":"Hello, Ada!"}})"));
  EXPECT_THAT(call("greeting.make", R"({"to":7})"), HasSubstr(R"("error":{"code":422,"message":"validation_failed")"));
  EXPECT_THAT(call("greeting.made", "{}"), HasSubstr(R"("error":{"code":104)"));
}

TEST_F(NewEndpoint, AllowsItsMethodAndNoOther) {
  for (const std::string_view method : {"GET", "PUT", "PATCH", "DELETE"}) {
    const std::string refused = ask(method, added.path);
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(refused, HasSubstr("\r\nAllow: POST\r\n")) << method;
  }
  const std::string told = ask("OPTIONS", added.path);
  EXPECT_THAT(told, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(told, HasSubstr("\r\nAllow: POST, OPTIONS\r\n"));
}

/// What counts and measures requests goes by the row that was used: its name is their label.
TEST_F(NewEndpoint, IsNamedToWhatMeasures) {
  api operations(edge, table);
  http::call c;
  c.method = verb::post;
  c.path = "/api/v1/greetings";
  const route* used = nullptr;
  run(io, operations.handle(c, &used));
  ASSERT_NE(used, nullptr);
  EXPECT_EQ(used->name, "make_greeting");
}

class NewLook : public one_more {
protected:
  NewLook() : one_more(look_at_greeting()) {}
};

TEST_F(NewLook, IsDispatchedWithItsQuery) {
  EXPECT_THAT(ask("GET", "/api/v1/greetings?to=Bob%21"), EndsWith(R"({"greeting":"Hello, Bob!!"})"));
  EXPECT_EQ(said("/paths/~1api~1v1~1greetings/get/parameters/0/name"), "to");
}

TEST_F(NewLook, AnswersHeadLikeGetWithoutTheBody) {
  const std::string got = ask("GET", added.path), asked = ask("HEAD", added.path);
  EXPECT_THAT(asked, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(asked, EndsWith("\r\n\r\n"));
  EXPECT_THAT(got, HasSubstr("\r\nContent-Length: 26\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\nContent-Length: 26\r\n"));
  EXPECT_THAT(ask("OPTIONS", added.path), HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(ask("DELETE", added.path), HasSubstr("\r\nAllow: GET, HEAD\r\n"));
}

} // namespace
} // namespace palabre::http
