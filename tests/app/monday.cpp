#include "monday.hpp"

#include "app/store.hpp"
#include "projections/tables.hpp"
#include "storage/journal.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace palabre::testing {
namespace {

using namespace events;
using storage::event_log;

/// Zeros: the epoch is "aaaaaaaa".
class no_randomness final : public randomness {
public:
  void fill(std::uint8_t* out, std::size_t size) override { std::fill(out, out + size, 0); }
};

template <class T>
T sound(result<T> r) {
  if (!r) throw std::runtime_error(r.error().context);
  return std::move(r).value();
}

timestamp at(const std::string& time) {
  return *parse_rfc3339("2026-01-05T" + time + "Z");
}

template <class Id>
Id id(const std::string& last) {
  return *Id::parse("019b8d0f-0000-7000-8000-" + std::string(12 - last.size(), '0') + last);
}

/// Writes events one command at a time, as actors would have it done.
class scribe {
public:
  explicit scribe(event_log& log) : journal_(log) {}

  template <class Event>
  void write(const stream_id& stream, user_id actor, timestamp time, const Event& event) {
    const encoded_event encoded = encode_one(event);
    storage::record r;
    r.stream = stream;
    r.actor = actor;
    r.time = time;
    r.schema = encoded.schema;
    r.type = encoded.type;
    r.payload = encoded.payload;
    const std::string request = "request-" + std::to_string(++written_);
    r.correlation = request;
    storage::append what;
    if (Event::type.name == message_posted::type.name) r.keys.push_back(key());
    what.keys = r.keys;
    what.streams.push_back({stream, storage::expectation::any(), {storage::encode(r)}});
    what.done = [](const result<storage::appended>& done) { ASSERT_TRUE(done) << done.error().context; };
    sound(journal_.submit(std::move(what)));
    while (journal_.step()) {
    }
  }

private:
  storage::idempotency key() const {
    storage::idempotency k;
    k.scope[0] = k.request[0] = static_cast<std::uint8_t>(written_);
    k.status = 201;
    return k;
  }

  storage::journal journal_;
  int written_ = 0;
};

const auto ada = id<user_id>("a"), bob = id<user_id>("b"), eve = id<user_id>("e");
const auto salon = id<room_id>("100");
const auto meeting = id<message_id>("201"), secret_code = id<message_id>("202"), thanks = id<message_id>("203");

void register_person(scribe& by, user_id who, const std::string& login, const std::string& name, timestamp time) {
  user_profile profile;
  profile.display_name.value = name;
  by.write(stream_of(who), who, time, user_registered{{login}, {}, profile, {"$argon2id$nobody's"}});
  by.write(login_stream("key", login), who, time, login_claimed{who});
}

void join(scribe& by, user_id who, const std::string& name, role as, join_way way, timestamp time) {
  by.write(stream_of(salon), who, time, member_joined{who, as, way, {name}});
  by.write(inbox_of(who), who, time, inbox_joined{salon, as, way});
}

message_posted posted(message_id message, const std::string& body, const std::string& name) {
  return {message, {body}, {}, 0, {}, {}, {name}, {}};
}

void write_morning(scribe& by) {
  register_person(by, ada, "ada", "Ada", at("09:00:00"));
  register_person(by, bob, "bob", "Bob", at("09:01:00"));
  register_person(by, eve, "eve", "Eve", at("09:02:00"));
  const stream_id room = stream_of(salon);
  room_settings settings;
  settings.name = "Salon";
  by.write(room, ada, at("09:10:00"), room_created{room_kind::salon, settings, {"ABCDEFGHJK"}});
  join(by, ada, "Ada", role::owner, join_way::created, at("09:10:00"));
  join(by, bob, "Bob", role::member, join_way::share_code, at("09:12:00"));
  join(by, eve, "Eve", role::member, join_way::share_code, at("09:13:00"));
  by.write(room, ada, at("09:30:00"), posted(meeting, "We meet at noon.", "Ada"));
  by.write(room, bob, at("09:41:00"), posted(secret_code, "The safe opens with 4711.", "Bob"));
  by.write(room, eve, at("09:42:30"), reaction_added{secret_code, 6, "👍"});
  by.write(room, ada, at("09:58:00"), message_edited{meeting, 5, 1, {"We meet at two."}, {}});
  by.write(room, ada, at("10:05:00"), message_deleted{secret_code, 6, bob});
  by.write(stream_of(bob), bob, at("10:10:00"), profile_changed{{{"Robert"}, {}, {}, {}, {}}});
  by.write(room, bob, at("10:11:00"), posted(thanks, "Thank you.", "Robert"));
  settings.name = "Salon of Monday";
  by.write(room, ada, at("10:20:00"), room_updated{settings});
  by.write(room, eve, at("10:30:00"), member_left{eve});
  by.write(inbox_of(eve), eve, at("10:30:00"), inbox_left{salon});
}

} // namespace

monday::monday() {
  folder = (std::filesystem::temp_directory_path() / "palabre-monday-XXXXXX").string();
  if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
  std::filesystem::create_directory(data());
  no_randomness none;
  const auto log = sound(event_log::open(app::log_directory(data()), event_log::access::read_write, none));
  {
    scribe by(*log);
    write_morning(by);
  }
  app::all_projections projections;
  const auto views = sound(storage::views_store::open(app::views_directory(data()), projections::tables::forms,
                                                      projections::fingerprint(projections.list(), log->epoch())));
  projections::projector projector(*log, *views, projections.list());
  sound(projector.catch_up());
}

} // namespace palabre::testing
