#include "projections/pins.hpp"

#include "base/bytes.hpp"
#include "base/stream_id.hpp"

namespace palabre::projections {
namespace {

constexpr std::size_t pin_bytes = 48, pin_seq_bytes = 8;

error damaged_pins() {
  return {errc::corrupt, "the pins of a room are damaged in the views"};
}

} // namespace

std::string encode(const std::vector<pin>& pins) {
  std::string out;
  out.reserve(pins.size() * pin_bytes);
  for (const pin& each : pins) {
    put_int<std::uint64_t>(out, each.seq);
    append_bytes(out, each.message);
    append_bytes(out, each.by);
    put_int<std::int64_t>(out, each.at.ms);
  }
  return out;
}

result<std::vector<pin>> decode_pins(std::string_view stored) {
  if (stored.size() % pin_bytes != 0) return damaged_pins();
  std::vector<pin> pins;
  for (const char* at = stored.data(); at != stored.data() + stored.size(); at += pin_bytes)
    pins.push_back({get_int<std::uint64_t>(at), message_id{uuid_from_bytes(at + 8)}, user_id{uuid_from_bytes(at + 24)},
                    timestamp{get_int<std::int64_t>(at + 40)}});
  return pins;
}

std::string encode_seqs(const std::vector<pin>& pins) {
  std::string out;
  for (const pin& each : pins) put_int<std::uint64_t>(out, each.seq);
  return out;
}

result<std::vector<stream_version>> decode_pin_seqs(std::string_view stored) {
  if (stored.size() % pin_seq_bytes != 0) return damaged_pins();
  std::vector<stream_version> seqs;
  for (const char* at = stored.data(); at != stored.data() + stored.size(); at += pin_seq_bytes)
    seqs.push_back(get_int<std::uint64_t>(at));
  return seqs;
}

void append_pin(std::string& list, user_id by, timestamp at, std::string_view message_json) {
  if (list.back() != '[') list += ',';
  list += R"({"pinned_by":")" + to_text(by) + R"(","pinned_at":")" + to_rfc3339(at) + R"(","message":)";
  list += message_json;
  list += '}';
}

} // namespace palabre::projections
