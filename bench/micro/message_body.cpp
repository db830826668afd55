// What does it cost to read and check the body of POST /messages? Unit: ns per body. Workload: the fields that the
// route has, with the typical message and a client_id; "accents" has text that is not ASCII and must be normalised to
// NFC; "metadata" has an object of eight members as well; "refused" is an empty text, answered by a problem.

#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/schema.hpp"

namespace palabre::micro {
namespace {

using message_text = http::text<1, limits::message_code_points_max, "message_code_points">;

struct message_body {
  message_text body;
  std::optional<message_id> reply_to;
  std::optional<http::key_text> client_id;
  std::optional<http::metadata_json> metadata;
};
BOOST_DESCRIBE_STRUCT(message_body, (), (body, reply_to, client_id, metadata))

struct parse_message {
  explicit parse_message(std::string body) : json(std::move(body)) {}
  auto operator()() { return http::parse_body<message_body>(json); }
  const std::string json;
};

std::string body_of(std::string_view text, std::string_view more = "") {
  return R"({"body":")" + std::string(text) + R"(","client_id":"0190b1f0-7c3a-7000-8000-00000000c11e")" +
         std::string(more) + "}";
}

/// As long as the typical message, with an e and its accent apart.
const std::string accents = [] {
  std::string text;
  while (text.size() < body_text.size()) text += "de\xCC\x81ja\xCC\x80 vu ";
  return text;
}();

constexpr std::string_view metadata =
    R"(,"metadata":{"a":1,"b":"two","c":[3,4],"d":null,"e":true,"f":6.5,"g":{"h":"i"},"j":"k"})";

const registration message_body_registered[] = {
    measure<parse_message>("http/body/message", body_of(body_text)).gated(2'000),
    measure<parse_message>("http/body/message/accents", body_of(accents)).gated(2'000),
    measure<parse_message>("http/body/message/metadata", body_of(body_text, metadata)).gated(2'000),
    measure<parse_message>("http/body/message/refused", body_of("")).gated(2'000),
};

} // namespace
} // namespace palabre::micro
