// `palabre user` and the server that it talks to: what they say on the control socket.
#include "app/administrators.hpp"
#include "base/json_writer.hpp"

#include <simdjson.h>

namespace palabre::app {
namespace {

namespace dom = simdjson::dom;

error not_understood(const std::string& json) {
  return {errc::malformed, "the server answered something else: " + json};
}

void append_flag(std::string& out, std::string_view name, bool value) {
  out += ",\"";
  out += name;
  out += value ? "\":true" : "\":false";
}

std::string to_json(const standing_changed& what) {
  std::string json = R"({"who":)";
  append_json_string(json, what.who);
  append_flag(json, "was_so", what.was_so);
  append_flag(json, "configured", what.configured);
  return json + '}';
}

void append_user(std::string& out, std::string_view name, const std::optional<user_id>& user) {
  out += ",\"";
  out += name;
  out += user ? "\":\"" + to_text(*user) + '"' : "\":null";
}

std::string to_json(const account_page& page) {
  std::string json = R"({"items":[)";
  for (const listed_account& each : page.items) {
    if (json.back() == '}') json += ',';
    json += R"({"login":)";
    append_json_string(json, each.login);
    append_user(json, "user_id", each.user);
    append_flag(json, "promoted", each.promoted);
    append_flag(json, "configured", each.configured);
    json += '}';
  }
  json += ']';
  append_user(json, "next", page.next);
  return json + '}';
}

/// False: neither null nor an id.
bool read_user(const dom::object& from, std::string_view name, std::optional<user_id>& user) {
  dom::element value;
  std::string_view text;
  if (from[name].get(value) != simdjson::SUCCESS) return false;
  if (value.is_null()) return true;
  if (value.get(text) == simdjson::SUCCESS) user = user_id::parse(text);
  return user.has_value();
}

bool read_account(const dom::object& from, listed_account& account) {
  std::string_view login;
  if (from["login"].get(login) != simdjson::SUCCESS || !read_user(from, "user_id", account.user)) return false;
  account.login = login;
  return from["promoted"].get(account.promoted) == simdjson::SUCCESS &&
         from["configured"].get(account.configured) == simdjson::SUCCESS;
}

result<account_page> parse_page(const std::string& json) {
  dom::parser parser;
  dom::object fields;
  dom::array items;
  account_page page;
  if (parser.parse(json).get(fields) != simdjson::SUCCESS || fields["items"].get(items) != simdjson::SUCCESS ||
      !read_user(fields, "next", page.next))
    return not_understood(json);
  for (const dom::element& item : items) {
    dom::object account;
    if (item.get(account) != simdjson::SUCCESS || !read_account(account, page.items.emplace_back()))
      return not_understood(json);
  }
  return page;
}

result<standing_changed> parse_changed(const std::string& json) {
  dom::parser parser;
  dom::object fields;
  std::string_view who;
  standing_changed what;
  if (parser.parse(json).get(fields) != simdjson::SUCCESS || fields["who"].get(who) != simdjson::SUCCESS ||
      fields["was_so"].get(what.was_so) != simdjson::SUCCESS ||
      fields["configured"].get(what.configured) != simdjson::SUCCESS)
    return not_understood(json);
  what.who = who;
  return what;
}

result<std::string> ask_server(const std::string& data, const std::string& command,
                               const control_arguments& arguments) {
  const auto patient = [](std::uint64_t, std::uint64_t, std::string_view) { return true; };
  PALABRE_TRY(auto answer, ask_control(data, command, arguments, patient));
  if (!answer) return error{errc::io, "the server went away"};
  return std::move(*answer);
}

using ground_maker = std::function<result<administration>()>;

result<std::string> change(const ground_maker& make, const control_arguments& arguments, standing to) {
  const auto user = arguments.find("user");
  if (user == arguments.end()) return error{errc::invalid, "`user` is missing"};
  PALABRE_TRY(const administration ground, make());
  PALABRE_TRY(const auto changed, set_standing(ground, user->second, to));
  return to_json(changed);
}

result<std::string> list(const ground_maker& make, const control_arguments& arguments) {
  const auto behind = arguments.find("after");
  const auto after = behind == arguments.end() ? std::nullopt : user_id::parse(behind->second);
  if (behind != arguments.end() && !after) return error{errc::invalid, "`after` is no id"};
  PALABRE_TRY(const administration ground, make());
  PALABRE_TRY(const auto page, list_accounts(ground, after, arguments.contains("administrators")));
  return to_json(page);
}

} // namespace

void add_administration(control_socket& control, std::function<result<administration>()> ground) {
  control.add("promote", [ground](const control_arguments& arguments, const tell_control&) {
    return change(ground, arguments, standing::administrator);
  });
  control.add("demote", [ground](const control_arguments& arguments, const tell_control&) {
    return change(ground, arguments, standing::ordinary);
  });
  control.add("accounts",
              [ground](const control_arguments& arguments, const tell_control&) { return list(ground, arguments); });
}

result<standing_changed> ask_standing(const std::string& data, const std::string& text, standing to) {
  const char* const command = to == standing::administrator ? "promote" : "demote";
  PALABRE_TRY(const std::string answer, ask_server(data, command, {{"user", text}}));
  return parse_changed(answer);
}

result<account_page> ask_accounts(const std::string& data, std::optional<user_id> after, bool administrators) {
  control_arguments arguments;
  if (after) arguments.emplace("after", to_text(*after));
  if (administrators) arguments.emplace("administrators", "yes");
  PALABRE_TRY(const std::string answer, ask_server(data, "accounts", arguments));
  return parse_page(answer);
}

} // namespace palabre::app
