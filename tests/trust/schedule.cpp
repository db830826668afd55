#include "schedule.hpp"

#include "base/bytes.hpp"
#include "events/streams.hpp"

namespace palabre::trust {
namespace {

constexpr std::uint64_t creation = 1; ///< the number of the command that creates the room

stream_id stream_of_code(const std::string& code) {
  return events::share_code_stream("key", code);
}

storage::idempotency random_key(std::mt19937_64& dice) {
  storage::idempotency key;
  for (auto& byte : key.scope) byte = static_cast<std::uint8_t>(dice());
  key.request = key.scope;
  key.status = 201;
  return key;
}

} // namespace

schedule::schedule(std::uint64_t seed, stage& on, counts& counted) : dice_(seed), on_(on), counted_(counted) {
  room_ = room_id{on_.random->next_id(on_.time.now())};
  for (int i = 0; i < 4; ++i) people_.push_back(user_id{on_.random->next_id(on_.time.now())});
}

std::string schedule::play() {
  if (!create_room()) return "the room was not created";
  const std::uint64_t steps = 20 + roll(80);
  for (std::uint64_t i = 0; i < steps && wrong_.empty(); ++i) take_step();
  if (wrong_.empty()) on_.server->settle();
  if (wrong_.empty() && (on_.disk->has_failed() || !on_.server->journal().healthy())) wrong_ = crash();
  on_.disk->repair();
  judge(steps);
  for (const auto& [number, command] : commands_) command->in_doubt = true; // it is over, whoever answers now
  return wrong_;
}

void schedule::judge(std::uint64_t steps) {
  counted_.steps += steps;
  counted_.commands += commands_.size();
  state_of_log is;
  if (wrong_.empty()) wrong_ = read_log(is);
  for (const auto& [number, command] : commands_)
    if (wrong_.empty()) wrong_ = check(number, is);
  if (wrong_.empty()) wrong_ = check_keys(is);
  if (wrong_.empty()) wrong_ = check_views(is.models.back());
}

bool schedule::create_room() {
  events::create_room create;
  create.room = room_;
  create.settings.visibility = events::visibility::open;
  create.share_code = "code 1 of " + to_text(room_);
  create.share_code_stream = stream_of_code(create.share_code);
  send(create, people_[0], {});
  on_.server->settle();
  const auto& made = commands_[creation]->answer;
  if (!made || !made->has_value() || !on_.server->project()) return false;
  for (std::size_t i = 1; i < people_.size(); ++i)
    if (roll(3) > 0) send(events::join_room{std::nullopt, "someone"}, people_[i], {});
  on_.server->settle();
  return on_.server->project().has_value();
}

/// The dice decide who goes on.
void schedule::take_step() {
  const std::uint64_t dice = roll(1'440);
  if (dice < 360) return send_something();
  if (dice < 420) return repeat_something();
  if (dice < 720) return static_cast<void>(on_.server->commit());
  if (dice < 900) return project();
  if (dice < 960) return static_cast<void>(counted_.sweeps += on_.server->sweep());
  if (dice < 980) return intrude();
  if (dice < 981) return break_disk();
  if (dice < 982) {
    wrong_ = crash();
    return;
  }
  on_.server->run_actor(roll(1'000));
}

void schedule::project() {
  const auto done = on_.server->project();
  if (!done && !on_.disk->has_failed()) wrong_ = done.error().context;
}

void schedule::break_disk() {
  if (on_.disk->has_failed()) return; // once is enough, until a crash brings another
  on_.disk->fail({roll(2) ? disk_fault::kind::failed_sync : disk_fault::kind::short_write, 1, true});
  ++counted_.faults;
}

stream_version schedule::durable() const {
  return on_.server->log().head_of(events::stream_of(room_)).value().version;
}

void schedule::send(events::room_command command, user_id actor, std::vector<storage::idempotency> keys) {
  auto sent = std::make_shared<sent_command>();
  actors::room_request request;
  request.room = room_;
  request.facts = on_.server->facts_for(room_, command, actor);
  sent->facts_at = request.facts.true_at;
  sent->durable_before = durable();
  sent->command = command;
  sent->actor = actor;
  sent->keys = keys;
  request.command = std::move(command);
  const std::uint64_t number = commands_.size() + 1;
  request.origin = {actor, std::to_string(number), std::move(keys)};
  request.answer = actors::reply<actors::outcome>([this, sent](result<actors::outcome> what) {
    if (sent->in_doubt) return; // nobody hears it any more
    sent->answer = std::move(what);
    sent->durable_at_answer = durable();
  });
  commands_[number] = sent;
  on_.server->send(std::move(request));
}

void schedule::send_something() {
  const user_id actor = people_[roll(people_.size())];
  std::vector<storage::idempotency> keys;
  if (roll(4) == 0) keys.push_back(random_key(dice_));
  send(random_command(), actor, keys);
}

events::room_command schedule::random_command() {
  const auto some = [&] { return posted_.empty() ? message_id{} : posted_[roll(posted_.size())]; };
  const std::string number = std::to_string(commands_.size() + 1);
  if (const std::uint64_t what = roll(100); what < 8) return administrate(what);
  if (const std::uint64_t what = roll(100); what < 12) return moderate(what);
  if (roll(16) == 0) return roll(3) ? events::room_command(events::pin_message{some()}) : events::unpin_message{some()};
  if (roll(16) == 0)
    return roll(3) ? events::room_command(events::report_message{some(), "why"}) : events::review_message{some()};
  const std::string named = roll(4) == 0 ? '@' + to_text(people_[roll(people_.size())]) : std::string();
  switch (roll(10)) {
  case 0:
  case 1: return events::join_room{std::nullopt, "someone"};
  case 2: return events::leave_room{};
  case 3: return events::edit_message{some(), named + "edit " + number};
  case 4: return events::delete_message{some()};
  case 5:
  case 6: return events::react{some(), roll(2) ? "👍" : "🎉", static_cast<events::reaction_change>(roll(3))};
  default: break;
  }
  events::post_message post;
  post.message = message_id{on_.random->next_id(on_.time.now())};
  post.body = named + "body " + number;
  post.author_name = "someone";
  if (roll(4) == 0 && !posted_.empty()) post.reply_to = some();
  posted_.push_back(post.message);
  return post;
}

/// Lifted oftener than imposed: who is kept out or quiet does little.
events::room_command schedule::moderate(std::uint64_t what) {
  const user_id whom = people_[roll(people_.size())];
  switch (what) {
  case 0: return events::ban_user{whom, std::nullopt, "why"};
  case 1: return events::mute_user{whom, std::nullopt, std::nullopt};
  case 2: return events::kick_member{whom};
  case 3: return events::transfer_room{whom};
  case 4:
  case 5: return events::change_role{whom, static_cast<events::role>(roll(3))};
  case 6:
  case 7:
  case 8: return events::unban_user{whom};
  default: return events::unmute_user{whom};
  }
}

/// Archived seldom: then there is little to do.
events::room_command schedule::administrate(std::uint64_t what) {
  if (what == 0) return roll(2) ? events::room_command(events::archive_room{}) : events::restore_room{};
  const auto row = projections::roster_queries(on_.server->views()).room(room_).value();
  if (what < 4) {
    events::rotate_share_code rotate;
    rotate.room = room_;
    rotate.share_code = "code " + std::to_string(commands_.size() + 1) + " of " + to_text(room_);
    rotate.share_code_stream = stream_of_code(rotate.share_code);
    rotate.old_share_code = row->share_code;
    rotate.old_share_code_stream = stream_of_code(row->share_code);
    return rotate;
  }
  events::update_room update;
  update.room = room_;
  update.settings = row->settings;
  update.settings.name = "name " + std::to_string(roll(3));
  return update;
}

/// A client that did not hear the answer sends the same again; or another request with that key.
void schedule::repeat_something() {
  std::vector<std::shared_ptr<sent_command>> keyed;
  for (const auto& [number, command] : commands_)
    if (!command->keys.empty()) keyed.push_back(command);
  if (keyed.empty()) return;
  const sent_command& again = *keyed[roll(keyed.size())];
  std::vector<storage::idempotency> keys = again.keys;
  if (roll(5) == 0) keys[0].request[0] ^= 1;
  send(again.command, again.actor, keys);
}

/// Somebody writes to the room's stream beside its actor, whose next append then fails.
void schedule::intrude() {
  if (!on_.server->journal().healthy()) return;
  events::message_posted posted;
  posted.message = message_id{on_.random->next_id(on_.time.now())};
  posted.body.value = "beside the actor";
  const auto encoded = events::encode_one(posted);
  storage::record r;
  r.stream = events::stream_of(room_);
  r.actor = people_[0];
  r.time = on_.time.now();
  r.type = encoded.type;
  r.schema = encoded.schema;
  r.payload = encoded.payload;
  storage::append append;
  append.streams.push_back({r.stream, storage::expectation::any(), {storage::encode(r)}});
  if (on_.server->journal().submit(std::move(append))) ++counted_.intrusions;
}

/// The process ends, or the machine does, and another one starts on what is left.
std::string schedule::crash() {
  for (const auto& [number, command] : commands_) command->in_doubt = !command->answer;
  const auto left = roll(2) ? on_.disk->copy() : on_.disk->after_power_loss(dice_);
  on_.server.reset();
  on_.disk = left;
  ++counted_.crashes;
  auto started = stepped_server::start(left, on_.keys->seal(), *on_.random, on_.time);
  if (!started) return "does not start again: " + started.error().context;
  on_.server = std::move(started).value();
  return {};
}

} // namespace palabre::trust
