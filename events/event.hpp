#pragma once
// What all events have in common: what a decision answers, and how events go to and come from the log's bytes.

#include "base/position.hpp"
#include "base/stream_id.hpp"
#include "events/described.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace palabre::events {

/// What a fold knows about an event besides its payload: taken from the envelope.
struct event_meta {
  stream_version version = 0;
  timestamp time;
  user_id actor;
};

/// Who acts, when and on what: taken into a decision instead of a clock.
struct command_meta {
  user_id actor;
  timestamp now;
  uuid aggregate{}; ///< id of the aggregate's stream, for what is told elsewhere
};

/// A payload ready for its envelope.
struct encoded_event {
  std::string_view type;
  std::uint16_t schema = 0;
  std::string payload;
};

/// A name that an append takes or gives back in a stream of its own, together with the aggregate's events or not at
/// all.
struct claim {
  stream_id name;
  encoded_event event;
};

/// An event for a stream that has no aggregate, told together with the aggregate's events or not at all. It cannot be
/// why an append fails.
struct note {
  stream_id to;
  encoded_event event;
};

/// What a decision answers: events to append, and possibly a refusal that goes out once they are durable.
template <class Event>
struct decided {
  std::vector<Event> events;
  std::vector<claim> claims;
  std::vector<note> notes;
  std::optional<error> refusal;
};

template <class Event>
encoded_event encode_one(const Event& event) {
  return {Event::type.name, Event::type.schema, to_json(event, secrets::stored)};
}

template <class... Event>
encoded_event encode(const std::variant<Event...>& event) {
  return std::visit([](const auto& e) { return encode_one(e); }, event);
}

error unknown_type(std::string_view type);

/// Finds the alternative named `type` and decodes `payload` into it.
/// Errors: corrupt; from_the_future: no alternative has that name, or not that schema version.
template <class Variant>
result<Variant> decode(std::string_view type, std::uint16_t schema, std::string_view payload) {
  std::optional<result<Variant>> found;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Variant>>([&](auto alternative) {
    using event = typename decltype(alternative)::type;
    if (found || event::type.name != type) return;
    auto decoded = decode_as<event>(schema, payload);
    if (decoded)
      found.emplace(Variant{std::move(decoded).value()});
    else
      found.emplace(std::move(decoded).error());
  });
  return found ? std::move(*found) : unknown_type(type);
}

} // namespace palabre::events
