#pragma once
// The timeline: messages of a room in order of seq, their reactions, lists of everybody's and of each author's, and an
// index of what happened to each. Fold here, queries below.

#include "events/room.hpp"
#include "projections/message_lists.hpp"
#include "projections/message_row.hpp"
#include "projections/pins.hpp"
#include "projections/profiles.hpp"
#include "projections/projection.hpp"
#include "projections/tables.hpp"

namespace palabre::projections {

class timeline final : public projection {
public:
  std::string_view name() const override { return "timeline"; }
  std::uint32_t version() const override { return 6; }
  std::span<const storage::table> owned_tables() const override { return tables::of_timeline; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

/// Which messages a page shows; the three exclude each other, none is the newest page.
struct page_request {
  enum class anchor : std::uint8_t { newest, before, after, around };
  anchor from = anchor::newest;
  stream_version seq = 0;
  std::size_t limit = 50;
};

/// A page, ascending by seq. `older`/`newer`: whether there is more on that side.
struct message_page {
  std::string items_json; ///< `[…]`, Messages of api.md
  std::size_t count = 0;
  stream_version first_seq = 0, last_seq = 0; ///< of the messages in it; 0 when empty
  bool older = false, newer = false;
};

/// Reads from any thread. Errors of all: io, corrupt.
class timeline_queries {
public:
  timeline_queries(const storage::views_store& views, profiles& authors) : views_(views), authors_(authors) {}

  result<message_page> page(room_id room, user_id viewer, const page_request& what) const;
  /// Those of `ids` that are in `room`, in their order: `[…]`, Messages of api.md.
  result<std::string> messages(room_id room, const std::vector<message_id>& ids, user_id viewer) const;
  /// The Message of api.md; nullopt: none such in `room`.
  result<std::optional<std::string>> message(room_id room, message_id message, user_id viewer) const;
  /// The same by place; nullopt: none, or it was deleted.
  result<std::optional<std::string>> message_at(room_id room, stream_version seq, user_id viewer) const;
  /// What a reply shows of the message that it replies to; "null": none such in `room`.
  result<std::string> parent_json(room_id room, message_id parent) const;
  /// What the message of a place says; nullopt: nothing any more.
  result<std::optional<std::string>> words_at(room_id room, stream_version seq) const;
  result<std::optional<message_place>> place_of(message_id message) const;
  /// What a decision must know about a message; nullopt: none such in `room`.
  result<std::optional<events::message_fact>> fact(room_id room, message_id message) const;
  /// Like fact(), by place: for redaction of recovered events. nullopt: none.
  result<std::optional<events::message_fact>> fact_at(room_id room, stream_version seq) const;
  /// In the order in which they were pinned.
  result<std::vector<pin>> pins(room_id room) const;
  /// The same as `[…]`, Pins of api.md, the last one first.
  result<std::string> pins_json(room_id room, user_id viewer) const;
  result<std::vector<std::string>> emoji_kinds(room_id room, stream_version message_seq) const;
  result<bool> reacted(room_id room, user_id user, stream_version message_seq, std::string_view emoji) const;
  /// `[{"emoji","count","me"}]`; nullopt: no such message in `room`.
  result<std::optional<std::string>> reactions(room_id room, message_id message, user_id viewer) const;
  /// `[{"emoji","user_id","at"}]` in order of emoji and user, after `after` (opaque, empty: from the start), at most
  /// `limit`; `next` gets the mark to go on from, empty at the end.
  result<std::string> who_reacted(room_id room, stream_version message_seq, std::string_view after, std::size_t limit,
                                  std::string& next) const;

private:
  struct shown_message {
    std::string json;
    bool deleted = false;
  };
  result<std::optional<shown_message>> show(room_id room, message_id message, user_id viewer) const;
  result<std::optional<shown_message>> show_at(room_id room, stream_version seq, user_id viewer) const;

  const storage::views_store& views_;
  profiles& authors_;
};

} // namespace palabre::projections
