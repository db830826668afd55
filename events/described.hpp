#pragma once
// One description per event type. A struct described by Boost.Describe (name, schema version, fields) gives its
// encoder, its decoder, the printer of the audit tools and, later, its JSON schema. Payloads are JSON, fields in the
// order described.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json_writer.hpp"
#include "base/result.hpp"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace palabre::events {

// ---- Marks: what a field is, told where it is declared.

/// Words, names and addresses of a person: stored sealed under the person's key (events/sealing.hpp). Once the person
/// is erased the value is blank and `erased` says why, where null is not a value of T anyway; it is written as null.
template <class T>
struct personal {
  T value{};
  bool erased = false;
  friend bool operator==(const personal&, const personal&) = default;
};

/// Hashes and codes: stored and hashed, but printed as null everywhere (decisions.md 10).
template <class T>
struct secret {
  T value{};
  friend bool operator==(const secret&, const secret&) = default;
};

/// A complete JSON value, minified, as `parse_json` in http/ made it; "null" where there is none.
struct raw_json {
  std::string text = "null";
  friend bool operator==(const raw_json&, const raw_json&) = default;
};

/// Who may see an event of a type (decisions.md 8).
enum class audience : std::uint8_t { members, moderators, contacts, self, nobody }; // contacts: who share a room

/// The static member `type` of every event.
struct event_type {
  std::string_view name;
  std::uint16_t schema;
  audience seen_by;
};

/// What an encoder writes for secrets: the log stores them, everyone else sees null.
enum class secrets : bool { hidden, stored };

/// How a field is written: its name, and an id with `_id` behind it (`user` becomes "user_id"), as the API has it.
template <class Field>
struct key_suffix {
  static constexpr std::string_view value = "";
};
template <class Tag>
struct key_suffix<id_of<Tag>> {
  static constexpr std::string_view value = "_id";
};
template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public>;
template <class T, class Member>
using field_of = std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>;

/// `,"key":`, made when this is compiled.
template <class T, class Member>
struct introduction {
  static constexpr std::string_view name = Member::name, suffix = key_suffix<field_of<T, Member>>::value;
  static constexpr std::size_t size = name.size() + suffix.size() + 4;
  static constexpr std::array<char, size> text = [] {
    std::array<char, size> made{',', '"'};
    auto at = std::copy(name.begin(), name.end(), made.begin() + 2);
    at = std::copy(suffix.begin(), suffix.end(), at);
    *at++ = '"';
    *at = ':';
    return made;
  }();
};
/// What stands before a field; the first of an object has no comma.
template <class T, class Member>
constexpr std::string_view introduction_of(Member, bool is_first) {
  const auto& text = introduction<T, Member>::text;
  return std::string_view(text.data(), text.size()).substr(is_first ? 1 : 0);
}
template <class T, class Member>
constexpr std::string_view key_of(Member member) {
  constexpr std::string_view before = ",\"", behind = "\":";
  const std::string_view all = introduction_of<T>(member, false);
  return all.substr(before.size(), all.size() - before.size() - behind.size());
}

// ---- Encoding

template <class T>
concept described = boost::describe::has_describe_members<T>::value;
template <class T>
concept described_enum = boost::describe::has_describe_enumerators<T>::value;

template <described T>
void append_json(std::string& out, const T& value, secrets mode);

inline void append_json(std::string& out, const std::string& value, secrets) {
  append_json_string(out, value);
}
inline void append_json(std::string& out, bool value, secrets) {
  out += value ? "true" : "false";
}
inline void append_json(std::string& out, const raw_json& value, secrets) {
  out += value.text;
}
inline void append_json(std::string& out, timestamp value, secrets) {
  out += '"';
  out += to_rfc3339(value);
  out += '"';
}
inline void append_json(std::string& out, const uuid& value, secrets) {
  out += '"';
  append_text(out, value);
  out += '"';
}
template <std::integral T>
requires(!std::same_as<T, bool>) void append_json(std::string& out, T value, secrets) {
  if constexpr (std::is_signed_v<T>)
    append_json_int(out, value);
  else
    append_json_uint(out, value);
}
template <described_enum T>
void append_json(std::string& out, T value, secrets) {
  append_json_string(out, boost::describe::enum_to_string(value, ""));
}
template <class T>
void append_json(std::string& out, const std::optional<T>& value, secrets mode) {
  if (value)
    append_json(out, *value, mode);
  else
    out += "null";
}
template <class T>
void append_json(std::string& out, const std::vector<T>& values, secrets mode) {
  out += '[';
  for (bool first = true; const T& value : values) {
    if (!first) out += ',';
    first = false;
    append_json(out, value, mode);
  }
  out += ']';
}
template <class T>
void append_json(std::string& out, const personal<T>& value, secrets mode) {
  if (value.erased)
    out += "null";
  else
    append_json(out, value.value, mode);
}
template <class T>
void append_json(std::string& out, const secret<T>& value, secrets mode) {
  if (mode == secrets::stored)
    append_json(out, value.value, mode);
  else
    out += "null";
}
template <described T>
void append_json(std::string& out, const T& value, secrets mode) {
  out += '{';
  bool first = true;
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    out += introduction_of<T>(member, std::exchange(first, false));
    append_json(out, value.*member.pointer, mode);
  });
  out += '}';
}

template <described T>
std::string to_json(const T& value, secrets mode) {
  std::string out;
  append_json(out, value, mode);
  return out;
}

// ---- Decoding our own bytes. Throws simdjson::simdjson_error or field_error; decode() below turns both into
// errc::corrupt.

struct field_error {
  std::string context;
};

using json_value = simdjson::ondemand::value;

template <described T>
void read_json(simdjson::ondemand::object object, T& out);

inline void read_json(json_value value, std::string& out) {
  out = std::string_view(value.get_string());
}
inline void read_json(json_value value, bool& out) {
  out = value.get_bool();
}
inline void read_json(json_value value, raw_json& out) {
  out.text = simdjson::trim(simdjson::to_json_string(value));
}
inline void read_json(json_value value, timestamp& out) {
  const auto t = parse_rfc3339(std::string_view(value.get_string()));
  if (!t) throw field_error{"not a time"};
  out = *t;
}
inline void read_json(json_value value, uuid& out) {
  const auto id = parse_uuid(std::string_view(value.get_string()));
  if (!id) throw field_error{"not an id"};
  out = *id;
}
template <std::integral T>
requires(!std::same_as<T, bool>) void read_json(json_value value, T& out) {
  if constexpr (std::is_signed_v<T>) {
    const std::int64_t number = value.get_int64();
    out = static_cast<T>(number);
    if (static_cast<std::int64_t>(out) != number) throw field_error{"number out of range"};
  } else {
    const std::uint64_t number = value.get_uint64();
    out = static_cast<T>(number);
    if (static_cast<std::uint64_t>(out) != number) throw field_error{"number out of range"};
  }
}
template <described_enum T>
void read_json(json_value value, T& out) {
  const std::string_view name = value.get_string();
  if (!boost::describe::enum_from_string(std::string(name).c_str(), out))
    throw field_error{"unknown name " + std::string(name)};
}
template <class T>
void read_json(json_value value, std::optional<T>& out) {
  if (value.is_null())
    out.reset();
  else
    read_json(value, out.emplace());
}
template <class T>
void read_json(json_value value, std::vector<T>& out) {
  out.clear();
  for (auto item : value.get_array()) read_json(item.value(), out.emplace_back());
}
/// Types of which null is a value like another.
template <class T>
inline constexpr bool is_nullable = std::is_same_v<T, raw_json>;
template <class T>
inline constexpr bool is_nullable<std::optional<T>> = true;
template <class T>
void read_json(json_value value, personal<T>& out) {
  if constexpr (!is_nullable<T>) {
    out.erased = value.is_null();
    if (out.erased) {
      out.value = T{};
      return;
    }
  }
  read_json(value, out.value);
}
template <class T>
void read_json(json_value value, secret<T>& out) {
  read_json(value, out.value);
}
template <described T>
void read_json(json_value value, T& out) {
  read_json(simdjson::ondemand::object(value.get_object()), out);
}
template <described T>
void read_json(simdjson::ondemand::object object, T& out) {
  boost::mp11::mp_for_each<members_of<T>>(
      // In the order in which they were written: looking for one behind the end of a broken object ends the process.
      [&](auto member) { read_json(json_value(object.find_field(key_of<T>(member))), out.*member.pointer); });
}

/// Lends a thread's parser a padded copy of `json` and hands `read` its root object.
/// Errors: corrupt: not the JSON that was expected; the context says where `what` broke.
result<void> with_parsed(std::string_view what, std::string_view json, void (*read)(simdjson::ondemand::object, void*),
                         void* out);

/// Errors: corrupt.
template <described T>
result<T> from_json(std::string_view what, std::string_view json) {
  T value;
  PALABRE_TRY(with_parsed(
      what, json, [](simdjson::ondemand::object object, void* out) { read_json(object, *static_cast<T*>(out)); },
      &value));
  return value;
}

// ---- Schema versions. An older shape stays as a struct of its own: `using previous = message_posted_v1;` in the newer
// one and `static message_posted upcast(message_posted_v1)`. Decoding walks back to the stored version and up again.

template <class Event>
concept has_previous = requires {
  typename Event::previous;
};

error unknown_schema(const event_type& type, std::uint16_t schema);

/// Decodes a payload stored with `schema` into today's shape.
/// Errors: corrupt; from_the_future: `schema` is newer than Event's, or older than the oldest shape there is.
template <described Event>
result<Event> decode_as(std::uint16_t schema, std::string_view payload) {
  if (schema == Event::type.schema) return from_json<Event>(Event::type.name, payload);
  if constexpr (has_previous<Event>) {
    static_assert(Event::previous::type.schema + 1 == Event::type.schema &&
                  Event::previous::type.name == Event::type.name);
    if (schema < Event::type.schema) {
      PALABRE_TRY(auto older, decode_as<typename Event::previous>(schema, payload));
      return Event::upcast(std::move(older));
    }
  }
  return unknown_schema(Event::type, schema);
}

} // namespace palabre::events
