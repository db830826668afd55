#include "app/erasure.hpp"

#include "app/asking.hpp"
#include "base/limits.hpp"
#include "events/streams.hpp"
#include "projections/keys.hpp"
#include "projections/roster.hpp"
#include "projections/tables.hpp"
#include "projections/users.hpp"
#include "storage/views_directories.hpp"

#include <filesystem>
#include <future>

namespace palabre::app {
namespace {

/// Nobody asks on behalf of whoever is erased: the system does.
actors::command_origin origin_of(user_id actor) {
  return {actor, "erasure", {}};
}

result<actors::room_request> leaving(const storage::views_store& views, room_id room, user_id user) {
  const projections::roster_queries roster(views);
  PALABRE_TRY(const auto row, roster.room(room)); // first: its seq is what the standing is true for
  PALABRE_TRY(const auto standing, roster.standing(room, user));
  if (!row) return error{errc::corrupt, "a membership of a room that is not there"};
  actors::room_request request;
  request.room = room;
  request.command = events::leave_room{};
  request.facts.true_at = row->last_seq;
  if (standing) request.facts.standing = standing->as;
  request.origin = origin_of(user);
  return request;
}

result<void> leave_rooms(const erasing_ground& ground, user_id user, erasure& done) {
  PALABRE_TRY(wait_for_views(ground.projector, ground.log.head()));
  PALABRE_TRY(const auto rooms, projections::roster_queries(ground.views).room_ids_of(user));
  done.rooms_owned = 0;
  for (const room_id& room : rooms) {
    const auto left = ask_again(ground.commands, [&] { return leaving(ground.views, room, user); });
    if (left)
      ++done.rooms_left;
    else if (left.error().code == errc::owner_must_transfer)
      ++done.rooms_owned;
    else if (left.error().code != errc::not_found && left.error().code != errc::forbidden)
      return left.error(); // not_found: gone from a private room by now; forbidden: a direct room, for good
  }
  return success();
}

/// They are in no room but their own and direct ones.
result<bool> has_left(const storage::views_store& views, user_id user) {
  PALABRE_TRY(const auto rooms, projections::roster_queries(views).room_ids_of(user));
  for (const room_id& room : rooms) {
    PALABRE_TRY(const auto row, projections::roster_queries(views).room(room));
    if (row && row->owner != user && row->kind != events::room_kind::direct) return false;
  }
  return true;
}

/// By looking through all of them: the login itself may be unreadable already.
result<std::vector<stream_id>> logins_of(const storage::views_store& views, user_id user) {
  const std::string wanted = projections::key_of(user);
  std::vector<stream_id> found;
  PALABRE_TRY(views.range(
      projections::tables::logins, {}, std::string(17, '\xFF'), true, [&](std::string_view key, std::string_view row) {
        if (row == wanted)
          found.push_back({static_cast<char>(events::stream_kind::login), uuid_from_bytes(key.data())});
        return true;
      }));
  return found;
}

result<position> end_account(const erasing_ground& ground, user_id user, std::uint32_t key_id) {
  PALABRE_TRY(const auto logins, logins_of(ground.views, user));
  const auto make = [&]() -> result<actors::user_request> {
    actors::user_request request;
    request.user = user;
    request.command = events::erase_user{key_id, logins};
    request.origin = origin_of({});
    return request;
  };
  PALABRE_TRY(const auto ended, ask_again(ground.commands, make));
  return ended.durable;
}

/// What a rebuild left, or could not switch to, holds rows that nobody would wipe.
result<void> keep_only_views(const storage::views_store& views) {
  const std::string in_use = views.directory();
  return storage::views_directories(std::filesystem::path(in_use).parent_path()).keep_only(in_use);
}

/// The first record says how the account began; no record: there is none.
result<bool> began_unsealed(const storage::event_log& log, user_id user) {
  std::optional<bool> unsealed;
  PALABRE_TRY(log.read_stream(events::stream_of(user), 0, 1, [&](const storage::committed_record& first) {
    unsealed = first.view.key_id == 0;
    return false;
  }));
  if (!unsealed) return error{errc::not_found, "there is no user " + to_text(user)};
  return *unsealed;
}

result<bool> has_ended(const storage::event_log& log, user_id user) {
  const stream_id stream = events::stream_of(user);
  PALABRE_TRY(const auto head, log.head_of(stream));
  if (head.version == 0) return true; // of a later life of this log: there is nothing here
  PALABRE_TRY(const auto last, log.read(head.at));
  return last.view.type == events::user_erased::type.name;
}

} // namespace

result<void> remove_search(const std::string& directory) {
  std::error_code failed;
  std::filesystem::remove_all(directory, failed);
  if (failed) return error{errc::io, directory + ": " + failed.message()};
  return success();
}

result<void> wait_for_views(projections::projector& projector, position at) {
  std::promise<result<void>> told;
  auto reached = told.get_future();
  projector.when_applied(at, [&](result<void> what) { told.set_value(std::move(what)); });
  return reached.get();
}

result<found_person> find_person(const storage::views_store& views, const std::string& name_key,
                                 const std::string& text) {
  const projections::user_queries users(views);
  auto user = user_id::parse(text);
  if (const auto login = events::canonical_login(text); !user && login) {
    PALABRE_TRY(user, users.by_login(events::login_stream(name_key, *login)));
  }
  if (!user) return error{errc::not_found, "nobody has the login " + text + "; an id does as well"};
  PALABRE_TRY(const auto row, users.user(*user));
  return found_person{*user, row ? row->login + " (" + to_text(*user) + ")" : to_text(*user)};
}

result<erasure> erase_user(const erasing_ground& ground, user_id user) {
  erasure done;
  done.user = user;
  PALABRE_TRY(done.was_unsealed, began_unsealed(ground.log, user));
  PALABRE_TRY(keep_only_views(ground.views));
  PALABRE_TRY(wait_for_views(ground.projector, ground.log.head())); // while it can still be left undone
  PALABRE_TRY(done.key_id, ground.keys.begin_erasing(user, ground.time.now()));
  PALABRE_TRY(leave_rooms(ground, user, done));
  PALABRE_TRY(const position ended, end_account(ground, user, done.key_id));
  PALABRE_TRY(wait_for_views(ground.projector, ended));
  PALABRE_TRY(leave_rooms(ground, user, done)); // those that they were just joining
  PALABRE_TRY(ground.views.erase_snapshot(events::stream_of(user)));
  PALABRE_TRY(ground.views.forget_old_rows());
  PALABRE_TRY(ground.forget_in_search(user));
  PALABRE_TRY(ground.keys.destroy_key_of(user)); // last: as long as the key is there, all of this is begun again
  return done;
}

result<bool> erasures_wait(const storage::event_log& log, const storage::key_ring& keys) {
  for (const storage::erased_user& each : keys.erased()) {
    PALABRE_TRY(const bool ended, has_ended(log, each.user));
    if (!ended || keys.holds_key_of(each.user)) return true;
  }
  return false;
}

result<std::size_t> finish_erasures(const erasing_ground& ground) {
  std::size_t finished = 0;
  const auto erased = ground.keys.erased();
  if (erased.empty()) return finished;
  PALABRE_TRY(wait_for_views(ground.projector, ground.log.head()));
  for (const storage::erased_user& each : erased) {
    PALABRE_TRY(const bool ended, has_ended(ground.log, each.user));
    PALABRE_TRY(const bool left, has_left(ground.views, each.user));
    if (ended && left && !ground.keys.holds_key_of(each.user)) continue;
    const auto done = erase_user(ground, each.user);
    if (!done && done.error().code != errc::not_found) return done.error();
    PALABRE_TRY(ground.keys.destroy_key_of(each.user)); // also where the log never knew of them
    ++finished;
  }
  return finished;
}

} // namespace palabre::app
