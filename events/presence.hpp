#pragma once
// Presence, as a part of the aggregate *user*: whether someone is there, as others see it. The edge knows the
// connections and says what they amount to (automatic); a status set by hand wins over it until it ends. Events are
// appended for what others would notice, never because time passes or a client says something.

#include "events/event.hpp"

#include <chrono>

namespace palabre::events {

enum class presence_status : std::uint8_t { online, away, busy, offline };
BOOST_DESCRIBE_ENUM(presence_status, online, away, busy, offline)

// ---- Events

/// All of a user's presence as it is now. Contacts are told `status`, `text` and `expires_at` of it; what the
/// connections say behind a status set by hand is nobody's business.
struct presence_changed {
  static constexpr event_type type{"presence.changed", 1, audience::contacts};
  presence_status status = presence_status::offline;    ///< what others see
  presence_status automatic = presence_status::offline; ///< what connections say; never busy
  std::optional<presence_status> manual;                ///< set by hand; wins unless no connection is there
  personal<std::optional<std::string>> text;            ///< ends with `manual`, if that expires
  std::optional<timestamp> expires_at;                  ///< of `manual`
  uuid boot;                                            ///< of the process whose connections these are
};
BOOST_DESCRIBE_STRUCT(presence_changed, (), (status, automatic, manual, text, expires_at, boot))

struct presence_configured {
  static constexpr event_type type{"presence.configured", 1, audience::self};
  std::uint32_t auto_away_after = 0; ///< seconds
};
BOOST_DESCRIBE_STRUCT(presence_configured, (), (auto_away_after))

// ---- Commands. No event when others would notice nothing.

/// Replaces status and text. Errors: invalid: `expires_at` is not in the future, or comes without a status;
/// limit_exceeded: presence_text_code_points, presence_expiry.
struct set_presence {
  std::optional<presence_status> manual; ///< nullopt: automatic from now on
  std::optional<std::string> text;
  std::optional<timestamp> expires_at;
  presence_status automatic = presence_status::offline; ///< Requires: not busy
  uuid boot;
};

/// What the connections amount to has changed, or a status set by hand has expired, or the lease of another boot is to
/// be renewed.
struct note_presence {
  presence_status automatic = presence_status::offline; ///< Requires: not busy
  uuid boot;
};

/// Errors: invalid: out of the bounds of limits::auto_away_after.
struct configure_presence {
  std::chrono::seconds auto_away_after{};
};

// ---- State

struct presence_state {
  presence_status status = presence_status::offline;
  std::optional<presence_status> manual;
  std::optional<std::string> text;
  std::optional<timestamp> expires_at;
  uuid boot;
  std::uint32_t auto_away_after = 0; ///< seconds; 0: never configured
  friend bool operator==(const presence_state&, const presence_state&) = default;
};
BOOST_DESCRIBE_STRUCT(presence_state, (), (status, manual, text, expires_at, boot, auto_away_after))

/// nullopt: nothing to append.
result<std::optional<presence_changed>> decide(const presence_state& state, const set_presence& command, timestamp now);
result<std::optional<presence_changed>> decide(const presence_state& state, const note_presence& command,
                                               timestamp now);
result<std::optional<presence_configured>> decide(const presence_state& state, const configure_presence& command);

void evolve(presence_state& state, const presence_changed& event);
void evolve(presence_state& state, const presence_configured& event);

/// In force, with the default for who has not configured it.
std::chrono::seconds auto_away_after(std::uint32_t configured);

} // namespace palabre::events
