#pragma once
// All events there are, by the kind of their stream: for whoever reads the log without knowing what comes next.

#include "events/inbox.hpp"
#include "events/room.hpp"
#include "events/streams.hpp"
#include "events/user.hpp"

namespace palabre::events {

using any_event = std::variant<room_event, user_event, login_event, share_code_event, inbox_event, direct_pair_event>;

/// Decodes an event of a stream of `kind`.
/// Errors: corrupt; from_the_future: a stream kind, type or schema version that is not known here.
result<any_event> decode_any(char kind, std::string_view type, std::uint16_t schema, std::string_view payload);

/// The payload of an event of a stream of `kind` as it was before it was sealed: `sealed` is what was sealed of it,
/// nullopt: nobody knows any more, and its personal fields become null. Errors: corrupt, from_the_future.
result<std::string> make_whole_any(char kind, std::string_view type, std::uint16_t schema, std::string_view stored,
                                   std::optional<std::string_view> sealed);

/// The payload as JSON, with secrets as null, or with the words of the message as null too.
enum class words : bool { shown, hidden };
std::string public_json(const any_event& event, words bodies);

/// Whether no personal field says anything. Of an event whose record was sealed: the person was erased.
bool is_blank(const any_event& event);

audience audience_of(const any_event& event);

/// Whether payloads of this type of a stream of `kind` hold secret fields, that is: whether they must not be shown as
/// stored. True for unknown types. One name may be a type of several kinds of streams, each time another one.
bool has_secrets(char kind, std::string_view type);
/// The audience of a type by its stream's kind and its name; `nobody` for unknown types.
audience audience_of(char kind, std::string_view type);

/// Schema, audience and marks of every event type, for documents and tests.
struct type_description {
  event_type type;
  stream_kind stream;
  struct field {
    std::string_view name;
    bool is_personal = false;
    bool is_secret = false;
  };
  std::vector<field> fields;
};
const std::vector<type_description>& all_types();

} // namespace palabre::events
