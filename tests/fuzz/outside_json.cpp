// JSON that other systems write: what is passed on is written anew, and must be the same when it is read again.
#include "fuzz.hpp"

#include "http/realtime/outside_json.hpp"
#include "http/realtime/subscription_grant.hpp"

namespace palabre::fuzz {

using namespace http::realtime;

void look_at(std::string_view input) {
  outside_json reading;
  const auto object = reading.parse(input);
  if (!object) return;
  std::string text, json, tags;
  bool flag = false;
  std::uint64_t number = 0;
  std::int64_t whole = 0;
  std::optional<json_object> inner;
  if (read_field(*object, "channel", text, 255)) PALABRE_ASSERT(text.size() <= 255);
  read_field(*object, "skip", flag);
  read_field(*object, "limit", number);
  read_field(*object, "exp", whole);
  read_object(*object, "since", inner);
  read_grant(*object);
  if (!read_json_field(*object, "data", json, 1'024) || json.empty()) return;
  PALABRE_ASSERT(json.size() <= 1'024);
  const std::string around = R"({"data":)" + json + '}';
  outside_json again;
  const auto reread = again.parse(around);
  std::string same;
  PALABRE_ASSERT(reread && read_json_field(*reread, "data", same, 1'024) && same == json);
}

} // namespace palabre::fuzz
