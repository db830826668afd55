#include "projections/roster.hpp"

#include "projections/invitations.hpp"
#include "projections/keys.hpp"
#include "projections/room_folding.hpp"
#include "projections/room_row.hpp"

namespace palabre::projections {
namespace {

using storage::views_batch;

struct room_scene {
  room_id room;
  events::event_meta meta;
  position at;
  views_batch& rows;
};

/// Lets `change` change the room's stored row, and notes in it that this was its last event.
template <class Change>
result<void> change_stored(const room_scene& s, Change change) {
  PALABRE_TRY(std::string* const stored, s.rows.edit(tables::rooms, key_of(s.room)));
  if (stored == nullptr) return error{errc::corrupt, "an event of a room that was never created"};
  PALABRE_TRY(change(*stored));
  set_last(*stored, s.meta.version, s.at);
  return success();
}

/// The same with the row taken apart.
template <class Change>
result<void> change_row(const room_scene& s, Change change) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    PALABRE_TRY(auto row, decode_room_row(stored));
    change(row);
    stored = encode(row);
    return success();
  });
}

result<void> move_seq(const room_scene& s) {
  return change_stored(s, [](std::string&) -> result<void> { return success(); });
}

void list_or_unlist(const room_scene& s, const room_row& row) {
  const bool listed =
      row.kind == events::room_kind::salon && row.settings.visibility == events::visibility::open && !row.archived;
  if (listed)
    s.rows.put(tables::open_rooms, key_of(s.room), {});
  else
    s.rows.erase(tables::open_rooms, key_of(s.room));
}

result<void> add_to_room_count(const room_scene& s, user_id user, std::int64_t change) {
  const row_key key = key_of(user);
  PALABRE_TRY(auto stored, s.rows.get(tables::room_counts, key));
  const std::uint64_t before = stored ? get_int<std::uint64_t>(stored->data()) : 0;
  std::string after;
  put_int<std::uint64_t>(after, before + static_cast<std::uint64_t>(change));
  s.rows.put(tables::room_counts, key, std::move(after));
  return success();
}

result<void> fold_one(const room_scene& s, const events::room_created& e) {
  room_row row = created(s.room, s.meta, e);
  row.last_at = s.at;
  s.rows.put(tables::rooms, key_of(s.room), encode(row));
  list_or_unlist(s, row);
  return success();
}

result<void> fold_one(const room_scene& s, const events::room_updated& e) {
  return change_row(s, [&](room_row& row) {
    projections::change(row, s.meta, e);
    list_or_unlist(s, row);
  });
}

result<void> fold_one(const room_scene& s, const events::room_archived& e) {
  return change_row(s, [&](room_row& row) {
    projections::change(row, s.meta, e);
    list_or_unlist(s, row);
  });
}

result<void> fold_one(const room_scene& s, const events::room_restored& e) {
  return change_row(s, [&](room_row& row) {
    projections::change(row, s.meta, e);
    list_or_unlist(s, row);
  });
}

result<void> fold_one(const room_scene& s, const events::room_code_rotated& e) {
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

// ---- Who is there

row_key sanction_key(room_id room, sanction_kind kind, user_id user) {
  return key_of(room) + static_cast<char>(kind) + key_of(user);
}

void put_membership(const room_scene& s, user_id user, const membership& m) {
  const std::string row = encode(m);
  s.rows.put(tables::members, key_of(s.room, user), row);
  s.rows.put(tables::memberships, key_of(user, s.room), row);
  s.rows.add(tables::member_changes, key_of(s.room, user, s.meta.version), row);
}

/// Lets `change` change the membership of `user`, if they are a member.
template <class Change>
result<void> change_membership(const room_scene& s, user_id user, Change change) {
  PALABRE_TRY(const auto stored, s.rows.get(tables::members, key_of(s.room, user)));
  if (!stored) return success();
  PALABRE_TRY(membership m, decode_membership(*stored));
  change(m);
  put_membership(s, user, m);
  return success();
}

result<void> fold_one(const room_scene& s, const events::member_joined& e) {
  membership m{e.role, s.meta.time, s.meta.version, {}};
  PALABRE_TRY(const auto muted, s.rows.get(tables::sanctions, sanction_key(s.room, sanction_kind::mute, e.user)));
  if (muted) {
    PALABRE_TRY(const sanction mute, decode_sanction(*muted));
    m.muted_until = mute.until;
  }
  put_membership(s, e.user, m);
  PALABRE_TRY(add_to_room_count(s, e.user, 1));
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

template <class Departed>
result<void> depart(const room_scene& s, const Departed& e) {
  s.rows.erase(tables::members, key_of(s.room, e.user));
  s.rows.erase(tables::memberships, key_of(e.user, s.room));
  s.rows.add(tables::member_changes, key_of(s.room, e.user, s.meta.version), {});
  PALABRE_TRY(add_to_room_count(s, e.user, -1));
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

result<void> fold_one(const room_scene& s, const events::member_left& e) {
  return depart(s, e);
}

result<void> fold_one(const room_scene& s, const events::member_kicked& e) {
  return depart(s, e);
}

result<void> fold_one(const room_scene& s, const events::member_role_changed& e) {
  PALABRE_TRY(change_membership(s, e.user, [&](membership& m) { m.as = e.role; }));
  return move_seq(s);
}

result<void> fold_one(const room_scene& s, const events::room_owner_changed& e) {
  PALABRE_TRY(change_membership(s, e.was, [](membership& m) { m.as = events::role::admin; }));
  PALABRE_TRY(change_membership(s, e.user, [](membership& m) { m.as = events::role::owner; }));
  return change_row(s, [&](room_row& row) { projections::change(row, s.meta, e); });
}

// ---- What is held against people

void put_sanction(const room_scene& s, sanction_kind kind, user_id user, std::optional<timestamp> expires_at) {
  const sanction held{expires_at.value_or(events::for_ever), s.meta.version, s.meta.time, s.meta.actor};
  s.rows.put(tables::sanctions, sanction_key(s.room, kind, user), encode(held));
}

result<void> fold_one(const room_scene& s, const events::member_banned& e) {
  put_sanction(s, sanction_kind::ban, e.user, e.expires_at);
  return move_seq(s);
}

result<void> fold_one(const room_scene& s, const events::member_unbanned& e) {
  s.rows.erase(tables::sanctions, sanction_key(s.room, sanction_kind::ban, e.user));
  return move_seq(s);
}

result<void> fold_one(const room_scene& s, const events::member_muted& e) {
  put_sanction(s, sanction_kind::mute, e.user, e.expires_at);
  const timestamp until = e.expires_at.value_or(events::for_ever);
  PALABRE_TRY(change_membership(s, e.user, [&](membership& m) { m.muted_until = until; }));
  return move_seq(s);
}

result<void> fold_one(const room_scene& s, const events::member_unmuted& e) {
  s.rows.erase(tables::sanctions, sanction_key(s.room, sanction_kind::mute, e.user));
  PALABRE_TRY(change_membership(s, e.user, [](membership& m) { m.muted_until = {}; }));
  return move_seq(s);
}

// ---- Invitations

template <class Event>
result<void> fold_invited(const room_scene& s, const Event& e) {
  PALABRE_TRY(fold_invitation(s.room, s.meta, e, s.rows));
  return move_seq(s);
}

result<void> fold_one(const room_scene& s, const events::invitation_created& e) {
  return fold_invited(s, e);
}

result<void> fold_one(const room_scene& s, const events::invitation_accepted& e) {
  return fold_invited(s, e);
}

result<void> fold_one(const room_scene& s, const events::invitation_revoked& e) {
  return fold_invited(s, e);
}

// ---- Messages

void note_slow_post(const room_scene& s) {
  std::string time;
  put_int<std::int64_t>(time, s.meta.time.ms);
  s.rows.put(tables::slow_posts, key_of(s.room, s.meta.actor), std::move(time));
}

result<void> fold_one(const room_scene& s, const events::message_posted& e) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    if (!count_message(stored, s.meta.time)) {
      PALABRE_TRY(auto row, decode_room_row(stored));
      projections::change(row, s.meta, e);
      stored = encode(row);
    }
    if (is_in_slow_mode(stored)) note_slow_post(s);
    return success();
  });
}

result<void> fold_one(const room_scene& s, const events::message_deleted&) {
  return change_stored(s, [&](std::string& stored) -> result<void> {
    uncount_message(stored);
    return success();
  });
}

/// Everything else only moves the seq.
template <class Event>
result<void> fold_one(const room_scene& s, const Event&) {
  return move_seq(s);
}

/// A copy of the room's row, after its first event and then after every so many.
result<void> keep_moment(const room_scene& s) {
  if (s.meta.version != 1 && s.meta.version % room_moment_interval != 0) return success();
  PALABRE_TRY(auto stored, s.rows.get(tables::rooms, key_of(s.room)));
  if (!stored) return error{errc::corrupt, "an event of a room that was never created"};
  s.rows.add(tables::room_moments, key_of(s.room, s.meta.version), *stored);
  return success();
}

void fold_code(const log_event& e, const events::share_code_event& event, views_batch& rows) {
  const row_key key = key_of(e.envelope.stream.id);
  if (const auto* claimed = std::get_if<events::share_code_claimed>(&event))
    rows.put(tables::share_codes, key, key_of(claimed->room));
  else
    rows.erase(tables::share_codes, key);
}

} // namespace

std::string encode(const membership& m) {
  std::string out;
  put_int<std::uint8_t>(out, static_cast<std::uint8_t>(m.as));
  put_int<std::int64_t>(out, m.joined_at.ms);
  put_int<std::uint64_t>(out, m.joined_seq);
  put_int<std::int64_t>(out, m.muted_until.ms);
  return out;
}

result<membership> decode_membership(std::string_view stored) {
  byte_reader in(stored);
  membership m;
  m.as = static_cast<events::role>(in.integer<std::uint8_t>());
  m.joined_at = {in.integer<std::int64_t>()};
  m.joined_seq = in.integer<std::uint64_t>();
  m.muted_until = {in.integer<std::int64_t>()};
  if (!in.finished()) return error{errc::corrupt, "a membership row of the views is damaged"};
  return m;
}

std::string encode(const sanction& s) {
  std::string out;
  put_int<std::int64_t>(out, s.until.ms);
  put_int<std::uint64_t>(out, s.seq);
  put_int<std::int64_t>(out, s.at.ms);
  append_bytes(out, s.by);
  return out;
}

result<sanction> decode_sanction(std::string_view stored) {
  byte_reader in(stored);
  sanction s;
  s.until = {in.integer<std::int64_t>()};
  s.seq = in.integer<std::uint64_t>();
  s.at = {in.integer<std::int64_t>()};
  s.by = user_id{take_uuid(in)};
  if (!in.finished()) return error{errc::corrupt, "a sanction of the views is damaged"};
  return s;
}

result<void> roster::fold(const log_event& e, views_batch& rows) {
  if (const auto* code = std::get_if<events::share_code_event>(&e.event)) fold_code(e, *code, rows);
  if (const auto* pair = std::get_if<events::direct_pair_event>(&e.event))
    rows.add(tables::direct_rooms, key_of(e.envelope.stream.id),
             key_of(std::get<events::direct_pair_claimed>(*pair).room));
  const auto* event = std::get_if<events::room_event>(&e.event);
  if (!event) return success();
  const room_scene s{room_id{e.envelope.stream.id}, e.meta(), e.envelope.at, rows};
  PALABRE_TRY(std::visit([&](const auto& what) { return fold_one(s, what); }, *event));
  return keep_moment(s);
}

} // namespace palabre::projections
