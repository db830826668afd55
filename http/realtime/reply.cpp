#include "http/realtime/reply.hpp"

#include "base/json_writer.hpp"

namespace palabre::http::realtime {

namespace {

std::size_t begin_reply(std::string& out, std::uint32_t id, wire w) {
  const std::size_t start = begin_message(out, w);
  out += R"({"id":)";
  append_json_uint(out, id);
  return start;
}

void append_member(std::string& out, std::string_view name, std::string_view body) {
  out += '"';
  out += name;
  out += R"(":)";
  out += body;
}

} // namespace

std::string reply(std::uint32_t id, std::string_view name, std::string_view body, wire w) {
  std::string out;
  out.reserve(body.size() + name.size() + 48);
  const std::size_t start = begin_reply(out, id, w);
  out += ',';
  append_member(out, name, body);
  out += '}';
  end_message(out, start, w);
  return out;
}

std::string error_reply(std::uint32_t id, const command_error& why, wire w) {
  std::string out;
  const std::size_t start = begin_reply(out, id, w);
  out += R"(,"error":{"code":)";
  append_json_int(out, why.code);
  out += R"(,"message":)";
  append_json_string(out, why.message);
  if (why.temporary()) out += R"(,"temporary":true)";
  out += "}}";
  end_message(out, start, w);
  return out;
}

std::string push(std::string_view name, std::string_view body, wire w) {
  std::string inside, out;
  append_member(inside, name, body);
  append_push_message(out, inside, w);
  return out;
}

std::string channel_push(std::string_view channel, std::string_view name, std::string_view body, wire w) {
  std::string inside = R"("channel":)", out;
  append_json_string(inside, channel);
  inside += ',';
  append_member(inside, name, body);
  append_push_message(out, inside, w);
  return out;
}

std::string unsubscribe_push(std::string_view channel, const unsubscription& why, wire w) {
  std::string body = R"({"code":)";
  append_json_int(body, why.code);
  body += R"(,"reason":)";
  append_json_string(body, why.reason);
  body += '}';
  return channel_push(channel, "unsubscribe", body, w);
}

} // namespace palabre::http::realtime
