#pragma once
// Someone with an account on a running server, and the checks that tests of the API share.

#include "http_client.hpp"
#include "running_server.hpp"

#include <string>
#include <string_view>

namespace palabre::testing {

class person {
public:
  /// Registers `login` with the password "correct horse".
  person(const running_server& server, std::string login);

  const std::string& id() const { return id_; }
  const std::string& login() const { return login_; }
  const std::string& token() const { return token_; }
  const std::string& refresh_token() const { return refresh_token_; }
  /// Goes on with these tokens: the body of a session answer.
  void take_session(const http_answer& session);

  /// To a server that was started again: its port may be another one.
  void reconnect(const running_server& server);

  http_answer get(std::string_view target, const headers& with = {});
  http_answer post(std::string_view target, std::string_view body, const headers& with = {});
  http_answer put(std::string_view target, std::string_view body = {});
  http_answer patch(std::string_view target, std::string_view body, const headers& with = {});
  http_answer del(std::string_view target, const headers& with = {});

  /// Makes a room; its id. `more`: further fields, as `,"visibility":"public"`.
  std::string make_room(std::string_view name, std::string_view more = {});
  /// Posts to a room; the Message.
  http_answer say(const std::string& room, std::string_view words, const headers& with = {});

private:
  http_answer send(std::string_view method, std::string_view target, std::string_view body, const headers& with);

  http_client client_;
  std::string login_, id_, token_, refresh_token_;
};

/// Paths.
std::string messages_of(const std::string& room);
std::string message_path(const std::string& room, const http_answer& message);

/// Expects a problem document with every field of api.md, this status and this code. `instance`: the path asked for.
void expect_problem(const http_answer& got, int status, std::string_view code, std::string_view instance);
/// And that its first error is about `pointer`.
void expect_field_problem(const http_answer& got, std::string_view pointer, std::string_view code);

} // namespace palabre::testing
