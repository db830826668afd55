#include "http/routes/render.hpp"

#include "base/json_fields.hpp"

namespace palabre::http {
namespace {

void append_number_or_null(std::string& out, std::string_view name, const std::optional<std::uint64_t>& value) {
  out += name;
  if (value)
    append_json_uint(out, *value);
  else
    out += "null";
}

void append_read_state(std::string& out, const std::optional<projections::read_state>& read) {
  const auto append = [&](std::string_view name, std::uint64_t projections::read_state::*number) {
    append_number_or_null(out, name, read ? std::optional{(*read).*number} : std::nullopt);
  };
  append("\"last_read_seq\":", &projections::read_state::last_read_seq);
  append(",\"unread_count\":", &projections::read_state::unread_count);
  append(",\"mention_count\":", &projections::read_state::mention_count);
}

/// The shape of `author` in a Message.
struct author_shape {
  std::optional<std::string> display_name;
};
BOOST_DESCRIBE_STRUCT(author_shape, (), (display_name))

} // namespace

std::string render_user(user_id id, const projections::user_row& row, profile_of whose) {
  std::string out;
  append_id_field(out, "{\"id\":", id);
  append_text_field(out, ",\"login\":", row.login);
  if (whose == profile_of::self) append_nullable_field(out, ",\"email\":", row.email);
  append_text_field(out, ",\"display_name\":", row.profile.display_name.value);
  append_nullable_field(out, ",\"avatar_url\":", row.profile.avatar_url.value);
  append_nullable_field(out, ",\"bio\":", row.profile.bio.value);
  append_nullable_field(out, ",\"city\":", row.profile.city.value);
  out += ",\"interests\":";
  events::append_json(out, row.profile.interests, events::secrets::hidden);
  append_time_field(out, ",\"created_at\":", row.created_at);
  out += '}';
  return out;
}

std::string render_room(const projections::room_row& row, const projections::room_viewer& to) {
  std::string out;
  projections::append_room_fields(out, row, to);
  out += '}';
  return out;
}

void append_listed_room(std::string& out, const projections::roster_queries::listed_room& item,
                        const std::optional<own_room_state>& own, const projections::room_viewer& to) {
  projections::append_room_fields(out, item.row, to);
  out += ",\"role\":";
  if (item.mine) {
    events::append_json(out, item.mine->as, events::secrets::hidden);
    append_time_field(out, ",\"joined_at\":", item.mine->joined_at);
  } else {
    out += "null,\"joined_at\":null";
  }
  out += ',';
  const bool is_in = item.mine && own;
  append_read_state(out, is_in ? std::optional{own->read} : std::nullopt);
  out += ",\"notifications\":";
  events::append_json(out, is_in ? std::optional{own->belongings.level} : std::nullopt, events::secrets::hidden);
  out += ",\"has_draft\":";
  events::append_json(out, is_in ? std::optional{own->belongings.draft != 0} : std::nullopt, events::secrets::hidden);
  out += '}';
}

std::string render_read_state(const projections::read_state& read) {
  std::string out = "{";
  append_read_state(out, read);
  out += '}';
  return out;
}

void append_member(std::string& out, const projections::roster_queries::listed_member& item,
                   std::string_view author_json) {
  append_id_field(out, "{\"user_id\":", item.user);
  out += ",\"role\":";
  events::append_json(out, item.as.as, events::secrets::hidden);
  append_time_field(out, ",\"joined_at\":", item.as.joined_at);
  out += ",\"user\":";
  out += author_json;
  out += '}';
}

result<std::string> render_posted(const storage::record& posted, std::string_view author_json,
                                  std::string_view parent_json) {
  PALABRE_TRY(auto event, events::decode_as<events::message_posted>(posted.schema, posted.payload));
  projections::message_row row;
  row.message = event.message;
  row.room = room_id{posted.stream.id};
  row.seq = posted.version;
  row.author = posted.actor;
  events::append_json(row.body_json, event.body, events::secrets::hidden); // null of who was erased
  row.metadata_json = std::move(event.metadata.value.text);
  row.reply_to = event.reply_to;
  row.reply_to_seq = event.reply_to_seq;
  row.created_at = posted.time;
  row.mentioned = std::move(event.mentioned_user_ids);
  const std::string stored = projections::encode(row);
  PALABRE_TRY(const auto view, projections::view_message_row(stored));
  std::string out;
  projections::append_message(out, view, author_json, {}, parent_json);
  return out;
}

std::string render_page(std::string_view items, std::string_view next, std::string_view prev) {
  std::string out;
  out.reserve(items.size() + next.size() + prev.size() + 40);
  out += "{\"items\":";
  out += items;
  out += ",\"next\":";
  if (next.empty())
    out += "null";
  else
    append_json_string(out, next);
  out += ",\"prev\":";
  if (prev.empty())
    out += "null";
  else
    append_json_string(out, prev);
  out += '}';
  return out;
}

result<std::string> display_name_in(std::string_view author_json) {
  PALABRE_TRY(auto author, events::from_json<author_shape>("author", author_json));
  return author.display_name ? std::move(*author.display_name) : std::string{};
}

answer json_answer(int status, std::string body) {
  answer a;
  a.status = status;
  a.body = std::move(body);
  return a;
}

answer written(int status, std::string body, const actors::outcome& done) {
  answer a = json_answer(status, std::move(body));
  add_outcome(a, done);
  return a;
}

void add_outcome(answer& a, const actors::outcome& done) {
  if (done.replayed) {
    a.status = done.first_status;
    a.headers.emplace_back("Idempotency-Replayed", "true");
  }
  a.headers.emplace_back("Palabre-Position", std::to_string(done.durable.value));
}

} // namespace palabre::http
