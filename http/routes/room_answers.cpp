#include "http/routes/room_answers.hpp"

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/ask.hpp"
#include "http/routes/entity_tag.hpp"
#include "http/routes/render.hpp"

namespace palabre::http {
namespace {

room_id room_of(const actors::outcome& done, const call& c) {
  for (std::size_t i = 0; i < done.count(); ++i) {
    const stream_id& stream = done[i].view.stream;
    if (stream.kind == static_cast<char>(events::stream_kind::room)) return room_id{stream.id};
  }
  return c.room->room;
}

} // namespace

result<projections::room_viewer> room_viewer_for(services& s, const projections::room_row& row, user_id user,
                                                 bool is_member) {
  projections::room_viewer to{is_member, s.time.now()};
  if (row.peer && row.settings.name.empty()) {
    PALABRE_TRY(to.direct_name, display_name_of(s, user == row.owner ? *row.peer : row.owner));
  }
  return to;
}

answer_or_problem answer_room_as_read(services& s, const call& c) {
  const auto to = room_viewer_for(s, *c.room, c.user(), c.standing.has_value());
  if (!to) return problem_of(to.error());
  answer a = tagged_answer(c, c.room->settings_seq, render_room(*c.room, to.value()));
  a.holds_secrets = true; // its share code
  return a;
}

boost::asio::awaitable<answer_or_problem> answer_room(services& s, call& c, int status, actors::outcome done) {
  const auto seen = co_await wait_for_views(s.views, done.durable);
  if (!seen) co_return problem_of(seen.error());
  const room_id room = room_of(done, c);
  const auto row = s.roster.room(room);
  if (!row) co_return problem_of(row.error());
  const auto mine = s.roster.standing(room, c.user());
  if (!mine) co_return problem_of(mine.error());
  if (!row.value()) co_return problem_of({errc::not_found, {}});
  const bool is_hidden = !mine.value() && row.value()->settings.visibility == events::visibility::closed;
  if (is_hidden) co_return problem_of({errc::not_found, {}}); // of a command repeated by who is not in it any more
  const auto to = room_viewer_for(s, *row.value(), c.user(), mine.value().has_value());
  if (!to) co_return problem_of(to.error());
  std::string body = render_room(*row.value(), to.value());
  answer a = tagged_answer(c, row.value()->settings_seq, std::move(body));
  a.holds_secrets = true; // its share code
  a.status = status;
  add_outcome(a, done);
  co_return a;
}

result<void> append_listed_rooms(std::string& out, services& s, user_id viewer,
                                 const std::vector<projections::roster_queries::listed_room>& rooms) {
  std::vector<projections::reading_queries::seat> seats;
  std::vector<room_id> own;
  for (const auto& item : rooms) {
    if (!item.mine) continue;
    seats.push_back({item.row.room, item.mine->joined_seq});
    own.push_back(item.row.room);
  }
  PALABRE_TRY(const auto states, s.reading.states(viewer, seats));
  PALABRE_TRY(const auto belongings, s.belongings.in_rooms(viewer, own));
  out += '[';
  std::size_t mine = 0;
  for (const auto& item : rooms) {
    PALABRE_TRY(const auto to, room_viewer_for(s, item.row, viewer, item.mine.has_value()));
    if (&item != &rooms.front()) out += ',';
    std::optional<own_room_state> state;
    if (item.mine) {
      state = own_room_state{states[mine], belongings[mine]};
      ++mine;
    }
    append_listed_room(out, item, state, to);
  }
  out += ']';
  return success();
}

boost::asio::awaitable<result<std::string>> answer_about_rooms(services& s, std::size_t rooms,
                                                               std::function<result<std::string>()> read) {
  if (rooms <= limits::rooms_on_io_thread_max) co_return read();
  auto reading = s.readers->run(std::move(read));
  co_return co_await std::move(reading);
}

std::optional<problem> check_person(services& s, user_id user) {
  const auto account = s.users.user(user);
  if (!account) return problem_of(account.error());
  if (!account.value()) return bad_field("/user_id", "not_found", "there is no such person");
  return std::nullopt;
}

result<std::string> display_name_of(services& s, user_id user) {
  PALABRE_TRY(const auto author, s.profiles.author_json(user));
  return display_name_in(*author);
}

drawn_share_code draw_share_code(services& s) {
  std::uint8_t random[7];
  s.random.fill(random, sizeof random);
  drawn_share_code drawn;
  drawn.code = events::share_code_from(random);
  drawn.stream = events::share_code_stream(s.name_key, drawn.code);
  return drawn;
}

} // namespace palabre::http
