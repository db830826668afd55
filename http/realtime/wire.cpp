#include "http/realtime/wire.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/json_writer.hpp"
#include "http/realtime/frame.hpp"

namespace palabre::http::realtime {

std::string_view name_of(wire w) {
  switch (w) {
  case wire::websocket: return "websocket";
  case wire::http_stream: return "http_stream";
  case wire::sse: return "sse";
  case wire::uni_websocket: return "uni_websocket";
  case wire::uni_http_stream: return "uni_http_stream";
  case wire::uni_sse: return "uni_sse";
  case wire::room_events: return "room_events";
  }
  return "";
}

namespace {

// A chunk (RFC 9112 §7.1) whose size always has six digits, so that it can be filled in afterwards.
constexpr std::size_t size_digits = 6;
constexpr std::string_view line_end = "\r\n";
constexpr std::size_t chunk_head_bytes = size_digits + line_end.size();
constexpr std::string_view last_chunk = "0\r\n\r\n";

constexpr std::string_view event_begin = "data: ";
constexpr std::string_view event_end = "\n\n";

bool is_event_stream(wire w) {
  return w == wire::sse || w == wire::uni_sse || w == wire::room_events;
}

void write_size(char* to, std::size_t size) {
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = size_digits; i-- > 0; size >>= 4) to[i] = digits[size & 15];
}

std::size_t read_size(const char* from) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < size_digits; ++i)
    size = size << 4 | static_cast<std::size_t>(from[i] <= '9' ? from[i] - '0' : from[i] - 'a' + 10);
  return size;
}

std::size_t chunk_bytes(const char* chunk) {
  if (std::string_view(chunk, last_chunk.size()) == last_chunk) return last_chunk.size();
  return chunk_head_bytes + read_size(chunk) + line_end.size();
}

std::size_t websocket_frame_bytes(const char* frame, std::size_t& header) {
  const auto first = static_cast<std::uint8_t>(frame[1]);
  header = first < 126 ? 2 : first == 126 ? 4 : 10;
  if (first < 126) return header + first;
  if (first == 126) return header + get_int<std::uint16_t>(frame + 2);
  return header + get_int<std::uint64_t>(frame + 2);
}

std::string disconnect_push(const disconnection& why) {
  std::string body = R"("disconnect":{"code":)";
  append_json_int(body, why.code);
  body += R"(,"reason":)";
  append_json_string(body, why.reason);
  body += '}';
  return body;
}

} // namespace

std::size_t begin_message(std::string& out, wire w) {
  if (is_websocket(w)) return begin_text_frame(out);
  const std::size_t start = out.size();
  out.append(size_digits, '0');
  out += line_end;
  if (is_event_stream(w) && w != wire::room_events) out += event_begin;
  return start;
}

void end_message(std::string& out, std::size_t start, wire w) {
  if (is_websocket(w)) return end_text_frame(out, start);
  out += is_event_stream(w) ? event_end : event_end.substr(1);
  PALABRE_ASSERT(out.size() - start - chunk_head_bytes < std::size_t{1} << 4 * size_digits);
  write_size(out.data() + start, out.size() - start - chunk_head_bytes);
  out += line_end;
}

std::string message(std::string_view json, wire w) {
  std::string out;
  out.reserve(json.size() + 24);
  const std::size_t start = begin_message(out, w);
  out += json;
  end_message(out, start, w);
  return out;
}

void append_push_message(std::string& out, std::string_view body, wire w) {
  const std::size_t start = begin_message(out, w);
  out += is_one_way(w) ? "{" : R"({"push":{)";
  out += body;
  out += is_one_way(w) ? "}" : "}}";
  end_message(out, start, w);
}

std::string farewell(const disconnection& why, wire w) {
  if (is_websocket(w)) return close_frame(why.code, why.reason);
  std::string out;
  if (w != wire::room_events && why.code != 0) append_push_message(out, disconnect_push(why), w);
  out += last_chunk;
  return out;
}

std::string preamble(wire w) {
  if (!is_event_stream(w) || w == wire::room_events) return {};
  std::string out(size_digits, '0');
  write_size(out.data(), line_end.size());
  out += line_end;
  out += line_end; // an empty line, which means nothing in an event stream
  out += line_end;
  return out;
}

std::string ping_message(wire w) {
  if (w != wire::room_events) return message("{}", w);
  std::string out;
  const std::size_t start = begin_message(out, w);
  out += ':'; // a comment: nothing happens but that something comes
  end_message(out, start, w);
  return out;
}

std::size_t end_of_message_at(std::string_view frames, std::size_t offset, wire w) {
  std::size_t end = 0, header = 0;
  while (end <= offset) {
    const char* at = frames.data() + end;
    end += is_websocket(w) ? websocket_frame_bytes(at, header) : chunk_bytes(at);
  }
  return end;
}

std::string_view take_message(std::string_view& frames) {
  std::size_t header = 0;
  const std::size_t whole = websocket_frame_bytes(frames.data(), header);
  const std::string_view text = frames.substr(header, whole - header);
  frames.remove_prefix(whole);
  return text;
}

} // namespace palabre::http::realtime
