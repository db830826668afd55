#include "http/realtime/presence.hpp"

#include "base/json_writer.hpp"

#include <unordered_set>

namespace palabre::http::realtime {

client_info info_of(const uuid& client, const identity& who, const subscription& s) {
  return {client, who.name(), who.foreign ? who.foreign->info : std::string(), s.terms ? s.terms->info : std::string()};
}

void append_json(std::string& out, const client_info& info) {
  out += R"({"user":)";
  append_json_string(out, info.user);
  out += R"(,"client":")";
  append_text(out, info.client);
  out += '"';
  if (!info.conn_info.empty()) out += R"(,"conn_info":)" + info.conn_info;
  if (!info.chan_info.empty()) out += R"(,"chan_info":)" + info.chan_info;
  out += '}';
}

std::string presence_result(const std::vector<client_info>& present) {
  std::string out = R"({"presence":{)";
  for (const client_info& each : present) {
    if (out.back() == '}') out += ',';
    out += '"';
    append_text(out, each.client);
    out += R"(":)";
    append_json(out, each);
  }
  out += "}}";
  return out;
}

std::string presence_stats_result(const std::vector<client_info>& present) {
  std::unordered_set<std::string_view> users;
  for (const client_info& each : present) users.insert(each.user);
  return R"({"num_clients":)" + std::to_string(present.size()) + R"(,"num_users":)" + std::to_string(users.size()) +
         '}';
}

} // namespace palabre::http::realtime
