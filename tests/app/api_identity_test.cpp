// Accounts, sessions and profiles over real sockets.

#include "person.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace palabre::testing {
namespace {

struct Identity : ::testing::Test {
  running_server server;
  http_client client{server.port()};

  http_answer post(std::string_view target, std::string_view body) {
    return client.request("POST", target, body, {{"Content-Type", "application/json"}});
  }
  http_answer log_in(const std::string& login, std::string_view password) {
    return post("/api/v1/auth/login",
                R"({"login":)" + json_quoted(login) + R"(,"password":)" + json_quoted(password) + '}');
  }
  http_answer refresh(const std::string& token) {
    return post("/api/v1/auth/refresh", R"({"refresh_token":)" + json_quoted(token) + '}');
  }
};

TEST_F(Identity, RegisteringGivesAnAccountAndASession) {
  const auto got = post("/api/v1/auth/register",
                        R"({"login":"Ada.L","password":"12345678","display_name":"Ada","email":"ada@example.org"})");
  ASSERT_EQ(got.status, 201) << got.body;
  EXPECT_EQ(got.text("/user/login"), "ada.l");
  EXPECT_EQ(got.text("/user/display_name"), "Ada");
  EXPECT_EQ(got.text("/user/email"), "ada@example.org");
  EXPECT_TRUE(got.is_null("/user/avatar_url"));
  EXPECT_EQ(got.count("/user/interests"), 0u);
  EXPECT_EQ(got.text("/token_type"), "Bearer");
  EXPECT_EQ(got.number("/expires_in"), 900);
  EXPECT_NE(got.header("Palabre-Position"), "");
  EXPECT_EQ(got.header("Cache-Control"), "no-store");

  const auto me = client.request("GET", "/api/v1/me", {}, {{"Authorization", "Bearer " + got.text("/access_token")}});
  ASSERT_EQ(me.status, 200);
  EXPECT_EQ(me.json(""), got.json("/user"));
}

TEST_F(Identity, TheNameIsTheLoginWhereNoneIsGiven) {
  person ada(server, "ada");
  EXPECT_EQ(ada.get("/api/v1/me").text("/display_name"), "ada");
}

TEST_F(Identity, ALoginIsTakenOnce) {
  person ada(server, "ada");
  const auto before = server.events();
  const auto got = post("/api/v1/auth/register", R"({"login":"ADA","password":"12345678"})");
  expect_problem(got, 409, "login_taken", "/api/v1/auth/register");
  EXPECT_EQ(server.events(), before);
}

TEST_F(Identity, LoggingInTakesTheRightPassword) {
  person ada(server, "ada");
  const auto session = log_in("Ada", "correct horse");
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(session.text("/user/id"), ada.id());
  ada.take_session(session);
  EXPECT_EQ(ada.get("/api/v1/me").status, 200);
}

TEST_F(Identity, AWrongPasswordAndAnUnknownLoginAreToldApartByNobody) {
  person ada(server, "ada");
  const auto before = server.events();
  const auto wrong = log_in("ada", "incorrect horse"), unknown = log_in("eve", "correct horse"),
             impossible = log_in("no such login at all", "correct horse");
  for (const auto* got : {&wrong, &unknown, &impossible}) {
    expect_problem(*got, 401, "wrong_credentials", "/api/v1/auth/login");
    EXPECT_EQ(got->text("/detail"), wrong.text("/detail"));
  }
  EXPECT_EQ(server.events(), before);
}

TEST_F(Identity, ARefreshTokenIsGoodOnce) {
  person ada(server, "ada");
  const std::string first = ada.refresh_token();
  const auto second = refresh(first);
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.text("/user/id"), ada.id());
  EXPECT_NE(second.text("/refresh_token"), first);
  ada.take_session(second);
  EXPECT_EQ(ada.get("/api/v1/me").status, 200);

  expect_problem(refresh(first), 401, "unauthenticated", "/api/v1/auth/refresh");
  expect_problem(refresh(second.text("/refresh_token")), 401, "unauthenticated", "/api/v1/auth/refresh");
  expect_problem(ada.get("/api/v1/me"), 401, "unauthenticated", "/api/v1/me"); // the access token goes with its session
}

TEST_F(Identity, ATokenThatWasNeverIssuedEndsNothing) {
  person ada(server, "ada");
  std::string forged = ada.refresh_token();
  forged.back() = forged.back() == 'A' ? 'Q' : 'A';
  forged[forged.size() - 2] = forged[forged.size() - 2] == 'A' ? 'B' : 'A';
  expect_problem(refresh(forged), 401, "unauthenticated", "/api/v1/auth/refresh");
  expect_problem(refresh("nonsense"), 401, "unauthenticated", "/api/v1/auth/refresh");
  EXPECT_EQ(refresh(ada.refresh_token()).status, 200);
}

TEST_F(Identity, LoggingOutEndsTheSession) {
  person ada(server, "ada");
  const auto got = post("/api/v1/auth/logout", R"({"refresh_token":)" + json_quoted(ada.refresh_token()) + '}');
  EXPECT_EQ(got.status, 204) << got.body;
  EXPECT_EQ(got.body, "");
  expect_problem(ada.get("/api/v1/me"), 401, "unauthenticated", "/api/v1/me");
  expect_problem(refresh(ada.refresh_token()), 401, "unauthenticated", "/api/v1/auth/refresh");
}

TEST_F(Identity, AChangedPasswordEndsTheOtherSessions) {
  person ada(server, "ada");
  const auto other = log_in("ada", "correct horse");
  const auto wrong = ada.put("/api/v1/me/password", R"({"current_password":"x","new_password":"battery staple"})");
  expect_problem(wrong, 422, "validation_failed", "/api/v1/me/password");
  expect_field_problem(wrong, "/current_password", "wrong_password");
  const auto got =
      ada.put("/api/v1/me/password", R"({"current_password":"correct horse","new_password":"battery staple"})");
  EXPECT_EQ(got.status, 204) << got.body;
  EXPECT_EQ(ada.get("/api/v1/me").status, 200);
  EXPECT_EQ(refresh(other.text("/refresh_token")).status, 401);
  EXPECT_EQ(log_in("ada", "correct horse").status, 401);
  EXPECT_EQ(log_in("ada", "battery staple").status, 200);
}

TEST_F(Identity, AProfileIsChangedFieldByField) {
  person ada(server, "ada");
  const auto changed = ada.patch("/api/v1/me", R"({"display_name":"Ada","city":"London","interests":["engines"],)"
                                               R"("avatar_url":"https://example.org/a.png","unknown":1})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.text("/display_name"), "Ada");
  const auto again = ada.patch("/api/v1/me", R"({"city":null,"bio":"counts"})");
  EXPECT_EQ(again.text("/display_name"), "Ada");
  EXPECT_TRUE(again.is_null("/city"));
  EXPECT_EQ(again.text("/bio"), "counts");
  EXPECT_EQ(again.json("/interests"), R"(["engines"])");
  EXPECT_EQ(ada.get("/api/v1/me").body, again.body);

  const auto wrong = ada.patch("/api/v1/me", R"({"display_name":null})");
  expect_problem(wrong, 422, "validation_failed", "/api/v1/me");
  expect_field_problem(wrong, "/display_name", "required");
}

TEST_F(Identity, OthersSeeAProfileWithoutTheAddress) {
  const auto ada = post("/api/v1/auth/register", R"({"login":"ada","password":"12345678","email":"a@example.org"})");
  person bob(server, "bob");
  const auto got = bob.get("/api/v1/users/" + ada.text("/user/id"));
  ASSERT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.text("/login"), "ada");
  EXPECT_FALSE(got.has("/email"));
  for (const std::string id : {"00000000-0000-0000-0000-000000000000", "nobody"})
    expect_problem(bob.get("/api/v1/users/" + id), 404, "not_found", "/api/v1/users/" + id);
}

TEST_F(Identity, AnETagSavesABodyAndAnOverwrite) {
  person ada(server, "ada");
  const auto got = ada.get("/api/v1/me");
  const std::string tag = got.header("ETag");
  const auto again = ada.get("/api/v1/me", {{"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(ada.patch("/api/v1/me", R"({"city":"London"})", {{"If-Match", tag}}).status, 200);
  expect_problem(ada.patch("/api/v1/me", R"({"city":"Paris"})", {{"If-Match", tag}}), 412, "version_mismatch",
                 "/api/v1/me");
  EXPECT_EQ(ada.get("/api/v1/me").text("/city"), "London");
}

TEST(IdentityOverTime, AnAccessTokenExpires) {
  running_server server("[auth]\naccess_token_ttl = \"1s\"\n");
  person ada(server, "ada");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  auto got = ada.get("/api/v1/me");
  while (got.status == 200 && std::chrono::steady_clock::now() < give_up) got = ada.get("/api/v1/me");
  expect_problem(got, 401, "token_expired", "/api/v1/me");
}

} // namespace
} // namespace palabre::testing
