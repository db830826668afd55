#include "http/realtime/reply.hpp"

#include "base/json_writer.hpp"
#include "http/realtime/frame.hpp"

namespace palabre::http::realtime {

namespace {

std::size_t begin_reply(std::string& out, std::uint32_t id) {
  const std::size_t start = begin_text_frame(out);
  out += R"({"id":)";
  append_json_uint(out, id);
  return start;
}

} // namespace

std::string reply(std::uint32_t id, std::string_view name, std::string_view body) {
  std::string out;
  out.reserve(body.size() + name.size() + 32);
  const std::size_t start = begin_reply(out, id);
  out += R"(,")";
  out += name;
  out += R"(":)";
  out += body;
  out += '}';
  end_text_frame(out, start);
  return out;
}

std::string error_reply(std::uint32_t id, const command_error& why) {
  std::string out;
  const std::size_t start = begin_reply(out, id);
  out += R"(,"error":{"code":)";
  append_json_int(out, why.code);
  out += R"(,"message":)";
  append_json_string(out, why.message);
  if (why.temporary()) out += R"(,"temporary":true)";
  out += "}}";
  end_text_frame(out, start);
  return out;
}

std::string unsubscribe_push(room_id room, const unsubscription& why) {
  std::string out;
  const std::size_t start = begin_text_frame(out);
  out += R"({"push":{"channel":"room:)";
  append_text(out, room);
  out += R"(","unsubscribe":{"code":)";
  append_json_int(out, why.code);
  out += R"(,"reason":)";
  append_json_string(out, why.reason);
  out += "}}}";
  end_text_frame(out, start);
  return out;
}

} // namespace palabre::http::realtime
