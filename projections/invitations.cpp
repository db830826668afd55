#include "projections/invitations.hpp"

#include "base/limits.hpp"
#include "projections/keys.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

using storage::views_batch;
using place = invitation_queries::place;

void close(room_id room, invitation_id invitation, const invitation_row& row, views_batch& rows) {
  rows.erase(tables::invitations, key_of(room, invitation));
  if (row.user_id) rows.erase(tables::invitations_of, key_of(*row.user_id, invitation));
}

/// nullopt: it is not open, whatever a log says.
result<std::optional<invitation_row>> open_one(room_id room, invitation_id invitation, views_batch& rows) {
  PALABRE_TRY(const auto stored, rows.get(tables::invitations, key_of(room, invitation)));
  if (!stored) return std::optional<invitation_row>{};
  PALABRE_TRY(auto row, decode_invitation(*stored));
  return std::optional{std::move(row)};
}

/// Two ids behind each other.
place place_at(const char* ids) {
  return {room_id{uuid_from_bytes(ids)}, invitation_id{uuid_from_bytes(ids + 16)}};
}

} // namespace

std::string encode(const invitation_row& row) {
  std::string out;
  put_int<std::uint64_t>(out, row.seq);
  append_bytes(out, row.user_id.value_or(user_id{}));
  put_int<std::uint32_t>(out, row.uses);
  put_int<std::uint32_t>(out, row.used);
  put_int<std::int64_t>(out, row.at.ms);
  put_int<std::int64_t>(out, row.expires_at.ms);
  append_bytes(out, row.by);
  append_bytes(out, row.code_digest);
  return out;
}

result<invitation_row> decode_invitation(std::string_view stored) {
  byte_reader in(stored);
  invitation_row row;
  row.seq = in.integer<std::uint64_t>();
  if (const user_id user{take_uuid(in)}; !user.is_nil()) row.user_id = user;
  row.uses = in.integer<std::uint32_t>();
  row.used = in.integer<std::uint32_t>();
  row.at = {in.integer<std::int64_t>()};
  row.expires_at = {in.integer<std::int64_t>()};
  row.by = user_id{take_uuid(in)};
  row.code_digest = take_uuid(in);
  if (!in.finished()) return error{errc::corrupt, "an invitation of the views is damaged"};
  return row;
}

result<void> fold_invitation(room_id room, const events::event_meta& meta, const events::invitation_created& e,
                             views_batch& rows) {
  invitation_row row;
  row.seq = meta.version;
  row.user_id = e.user_id;
  row.uses = e.uses;
  row.at = meta.time;
  row.expires_at = e.expires_at;
  row.by = meta.actor;
  row.code_digest = events::invitation_code_digest(e.code.value);
  rows.put(tables::invitations, key_of(room, e.invitation), encode(row));
  rows.put(tables::invitation_codes, key_of(row.code_digest), key_of(room, e.invitation));
  if (row.user_id) rows.put(tables::invitations_of, key_of(*row.user_id, e.invitation), key_of(room));
  return success();
}

result<void> fold_invitation(room_id room, const events::event_meta&, const events::invitation_accepted& e,
                             views_batch& rows) {
  PALABRE_TRY(auto row, open_one(room, e.invitation, rows));
  if (!row) return success();
  if (++row->used >= row->uses)
    close(room, e.invitation, *row, rows);
  else
    rows.put(tables::invitations, key_of(room, e.invitation), encode(*row));
  return success();
}

result<void> fold_invitation(room_id room, const events::event_meta&, const events::invitation_revoked& e,
                             views_batch& rows) {
  PALABRE_TRY(const auto row, open_one(room, e.invitation, rows));
  if (!row) return success();
  close(room, e.invitation, *row, rows);
  rows.erase(tables::invitation_codes, key_of(row->code_digest));
  return success();
}

result<std::optional<place>> invitation_queries::by_code(const uuid& code_digest) const {
  PALABRE_TRY(const auto stored, views_.get(tables::invitation_codes, key_of(code_digest)));
  if (!stored) return std::optional<place>{};
  if (stored->size() != 32) return error{errc::corrupt, "an invitation code of the views is damaged"};
  return std::optional{place_at(stored->data())};
}

result<std::optional<invitation_row>> invitation_queries::row(const place& at) const {
  PALABRE_TRY(const auto stored, views_.get(tables::invitations, key_of(at.room, at.invitation)));
  if (!stored) return std::optional<invitation_row>{};
  PALABRE_TRY(auto row, decode_invitation(*stored));
  return std::optional{std::move(row)};
}

result<std::vector<invitation_queries::listed>> invitation_queries::of_room(room_id room) const {
  std::vector<listed> all;
  result<void> sound = success();
  PALABRE_TRY(views_.range(tables::invitations, key_of(room), end_of_prefix(key_of(room)), true,
                           [&](std::string_view key, std::string_view stored) {
                             auto row = decode_invitation(stored);
                             if (row)
                               all.push_back({place_at(key.data()), std::move(row).value()});
                             else
                               sound = row.error();
                             return row.has_value();
                           }));
  PALABRE_TRY(std::move(sound));
  return all;
}

result<invitation_queries::page> invitation_queries::of_user(user_id user, std::optional<invitation_id> after,
                                                             std::size_t limit) const {
  std::string first = key_of(user);
  if (after) first += key_of(*after) + '\0';
  std::vector<place> places;
  page found;
  PALABRE_TRY(views_.range(
      tables::invitations_of, first, end_of_prefix(key_of(user)), true,
      [&](std::string_view key, std::string_view room) {
        if (places.size() == limit) {
          found.next = places.back().invitation;
          return false;
        }
        places.push_back({room_id{uuid_from_bytes(room.data())}, invitation_id{uuid_from_bytes(key.data() + 16)}});
        return true;
      }));
  flat_strings keys;
  for (const place& each : places) keys.push_back(key_of(each.room, each.invitation));
  PALABRE_TRY(const auto stored, views_.get_many(tables::invitations, keys));
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!stored[i]) continue; // it ended between the two reads
    PALABRE_TRY(auto row, decode_invitation(*stored[i]));
    found.items.push_back({places[i], std::move(row)});
  }
  return found;
}

result<bool> invitation_queries::lets_in(room_id room, user_id user, timestamp now) const {
  PALABRE_TRY(const auto all, of_room(room));
  return std::any_of(all.begin(), all.end(),
                     [&](const listed& each) { return each.row.user_id == user && now < each.row.expires_at; });
}

} // namespace palabre::projections
