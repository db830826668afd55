#pragma once
// The query parameters that several routes take, as the route table names them.

#include "http/shape.hpp"

namespace palabre::http::parameters {

/// Ids with commas between them.
struct ids_text {
  static std::string schema() {
    return R"({"type":"string","description":"ids with commas between them, at most )" +
           std::to_string(limits::ids_per_request_max) + R"("})";
  }
};
using seq_number = whole<0, std::numeric_limits<std::int64_t>::max()>;
struct page_size {
  static std::string schema() {
    return R"({"type":"integer","minimum":1,"maximum":)" + std::to_string(limits::page_items_max) + R"(,"default":)" +
           std::to_string(limits::page_items_default) + '}';
  }
};
template <class T>
constexpr shape in_query = shape_of<T, direction::taken>;

inline constexpr query_parameter limit{"limit", "how many at most; 50 where it is not said", in_query<page_size>, "50"};
inline constexpr query_parameter cursor{"cursor", "where the page begins, from `next` of the one before",
                                        in_query<std::string>};
inline constexpr query_parameter before{"before", "only what is older than this seq", in_query<seq_number>};
inline constexpr query_parameter after{"after", "only what is newer than this seq", in_query<seq_number>};
inline constexpr query_parameter last_event_id{
    "last_event_id", "of a stream: as the header Last-Event-ID, for who cannot send that; with both the header counts",
    in_query<std::string>};
inline constexpr query_parameter around{"around", "what is on both sides of this seq", in_query<seq_number>};
inline constexpr query_parameter at{"at", "as it was at this seq of the room or at this time (RFC 3339); members only",
                                    in_query<std::string>};
struct search_order {
  static std::string schema() { return R"({"type":"string","enum":["rank","time"],"default":"rank"})"; }
};
inline constexpr query_parameter q{
    "q", "words, \"phrases\", -words that must not be there; from:LOGIN in:ROOM before:DATE after:DATE has:link",
    in_query<std::string>, "morning from:ada", true};
inline constexpr query_parameter room_id{"room_id", "only in this room", in_query<uuid>};
inline constexpr query_parameter sort{"sort", "the best first, or the newest", in_query<search_order>};
inline constexpr query_parameter since{"since", "only what has changed since the `cursor` of an answer",
                                       in_query<std::string>};
inline constexpr query_parameter discover{"discover", "public salons in place of your own rooms", in_query<bool>};
inline constexpr query_parameter ids{"ids", "the messages, in place of a page", in_query<ids_text>};
inline constexpr query_parameter message_ids{"message_ids", "the messages", in_query<ids_text>, {}, true};
inline constexpr query_parameter user_ids{"user_ids", "the people", in_query<ids_text>, {}, true};

} // namespace palabre::http::parameters
