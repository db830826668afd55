// Bodies of requests: what is accepted stays within its bounds and says the same when it is written and read again.
#include "fuzz.hpp"

#include "base/limits.hpp"
#include "http/schema.hpp"

namespace palabre::fuzz {

namespace {

using namespace http;

struct posted_message {
  text<1, limits::message_code_points_max, "message_code_points"> body;
  std::optional<message_id> reply_to;
  std::optional<key_text> client_id;
  std::optional<metadata_json> metadata;
};
BOOST_DESCRIBE_STRUCT(posted_message, (), (body, reply_to, client_id, metadata))

struct every_field {
  patched<line<1, 40>> topic;
  std::optional<events::visibility> visibility;
  std::optional<bool> loud;
  std::optional<whole<1, 10>> size;
  std::optional<std::uint64_t> seq;
  std::optional<list<user_id, 3, "ids_per_request">> users;
  std::optional<timestamp> until;
  std::optional<email_text> email;
  std::optional<url_text> url;
  std::optional<emoji_text> emoji;
  std::optional<secret_text<8, 16>> password;
};
BOOST_DESCRIBE_STRUCT(every_field, (), (topic, visibility, loud, size, seq, users, until, email, url, emoji, password))

template <class T>
void read(std::string_view input) {
  const auto parsed = parse_body<T>(input);
  if (const auto* refused = std::get_if<problem>(&parsed)) {
    PALABRE_ASSERT(refused->status == 400 || refused->status == 422);
    return;
  }
  const std::string canonical_form = canonical(std::get<T>(parsed));
  PALABRE_ASSERT(canonical(std::get<T>(parse_body<T>(input))) == canonical_form);
}

} // namespace

void look_at(std::string_view input) {
  read<posted_message>(input);
  read<every_field>(input);
}

} // namespace palabre::fuzz
