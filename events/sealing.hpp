#pragma once
// What of a payload is sealed. The personal fields of an event are left out of the JSON that is stored open, and stand
// encrypted behind it: {…,"sealed":"…"}. Here the text is divided and put together again; keys and ciphers are others'
// business (projections/record_seal.hpp), so that this stays pure.

#include "events/event.hpp"

#include <string_view>
#include <utility>

namespace palabre::events {

// ---- Which fields: a described struct within an event may have both kinds.

template <class T>
inline constexpr bool has_personal = false;
template <class T>
inline constexpr bool has_personal<personal<T>> = true;
template <class T>
inline constexpr bool has_secret = false;
template <class T>
inline constexpr bool has_secret<secret<T>> = true;
template <class T>
inline constexpr bool has_open = true;
template <class T>
inline constexpr bool has_open<personal<T>> = false;

template <class T, class... Member>
constexpr bool any_personal(boost::mp11::mp_list<Member...>) {
  return (has_personal<field_of<T, Member>> || ...);
}
template <class T, class... Member>
constexpr bool any_secret(boost::mp11::mp_list<Member...>) {
  return (has_secret<field_of<T, Member>> || ...);
}
template <class T, class... Member>
constexpr bool any_open(boost::mp11::mp_list<Member...>) {
  return (has_open<field_of<T, Member>> || ...);
}

template <described T>
inline constexpr bool has_personal<T> = any_personal<T>(boost::mp11::mp_rename<members_of<T>, boost::mp11::mp_list>{});
template <described T>
inline constexpr bool has_secret<T> = any_secret<T>(boost::mp11::mp_rename<members_of<T>, boost::mp11::mp_list>{});
template <described T>
inline constexpr bool has_open<T> = any_open<T>(boost::mp11::mp_rename<members_of<T>, boost::mp11::mp_list>{});

// Inside a list or an optional there is no telling which part is whose.
template <class T>
inline constexpr bool has_personal<std::vector<T>> = has_personal<T>;
template <class T>
inline constexpr bool has_personal<std::optional<T>> = has_personal<T>;
template <class T>
inline constexpr bool has_secret<std::vector<T>> = has_secret<T>;
template <class T>
inline constexpr bool has_secret<std::optional<T>> = has_secret<T>;

// ---- Dividing

enum class part : std::uint8_t { open, personal };

template <part Part, class T>
inline constexpr bool holds = Part == part::open ? has_open<T> : has_personal<T>;

/// Writes the fields of one kind, as an object.
template <part Part, described T>
void append_part(std::string& out, const T& value) {
  out += '{';
  bool first = true;
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    using field = field_of<T, decltype(member)>;
    static_assert(described<field> || !has_personal<field> || !has_open<field>,
                  "personal fields inside of a list or an optional cannot be sealed: mark all of it");
    if constexpr (holds<Part, field>) {
      out += introduction_of<T>(member, std::exchange(first, false));
      if constexpr (described<field>)
        append_part<Part>(out, value.*member.pointer);
      else
        append_json(out, value.*member.pointer, secrets::stored);
    }
  });
  out += '}';
}

/// Whether no personal field says anything.
template <class T>
bool is_blank(const personal<T>& value) {
  return value.value == T{};
}
template <described T>
bool is_blank(const T& value) {
  bool blank = true;
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    if constexpr (has_personal<field_of<T, decltype(member)>>) blank = blank && is_blank(value.*member.pointer);
  });
  return blank;
}

/// A payload in two: complete JSON objects. `personal` is empty where there is nothing to seal: the payload is stored
/// as it is.
struct divided_payload {
  std::string open;
  std::string personal;
};

template <class Event>
divided_payload divide_one(const Event& event) {
  divided_payload parts;
  if constexpr (has_personal<Event>) {
    if (is_blank(event)) return parts;
    append_part<part::open>(parts.open, event);
    append_part<part::personal>(parts.personal, event);
  }
  return parts;
}

template <class... Event>
divided_payload divide(const std::variant<Event...>& event) {
  return std::visit([](const auto& e) { return divide_one(e); }, event);
}

/// What is stored: `open` with `seal` as its last field. Requires: `open` from divide(), `seal` of [A-Za-z0-9_-].
std::string with_seal(std::string open, std::string_view seal);
/// The seal in a stored payload; empty: it has none.
std::string_view seal_in(std::string_view payload);

// ---- Putting together

/// Goes over minified JSON of our own, from field to field in the order described.
class field_cursor {
public:
  explicit field_cursor(std::string_view json) : rest_(json) {}

  /// Throw field_error: the text goes on otherwise.
  void enter();
  void leave();
  /// Goes to the value of the next field; the comma stands in the text unless it is the first.
  void go_to(std::string_view introduction_with_comma) {
    const std::string_view wanted = introduction_with_comma.substr(rest_.starts_with(',') ? 0 : 1);
    if (!rest_.starts_with(wanted)) throw_missing(wanted);
    rest_.remove_prefix(wanted.size());
  }
  /// Takes the value, as it stands.
  std::string_view value();

private:
  [[noreturn]] static void throw_missing(std::string_view introduction);

  std::string_view rest_;
};

/// Writes T as it was before it was divided; null for each personal field without `sealed`.
template <described T>
void append_whole(std::string& out, field_cursor& open, field_cursor* sealed) {
  if (has_open<T>) open.enter();
  if (has_personal<T> && sealed) sealed->enter();
  out += '{';
  bool first = true;
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    using field = field_of<T, decltype(member)>;
    out += introduction_of<T>(member, std::exchange(first, false));
    constexpr std::string_view with_comma = introduction_of<T>(member, false);
    if (has_open<field>) open.go_to(with_comma);
    if (has_personal<field> && sealed) sealed->go_to(with_comma);
    if constexpr (described<field> && has_personal<field>) {
      append_whole<field>(out, open, sealed);
      if (has_open<field>) open.leave();
      if (sealed) sealed->leave();
    } else if constexpr (has_open<field>)
      out += open.value();
    else
      out += sealed ? sealed->value() : "null";
  });
  out += '}';
}

/// The payload of an event as it was before it was sealed: `sealed` is what was sealed of it, nullopt: nobody knows any
/// more. Errors: corrupt.
template <described Event>
result<std::string> make_whole(std::string_view stored, std::optional<std::string_view> sealed) {
  std::string out;
  out.reserve(stored.size());
  field_cursor open(stored), behind(sealed.value_or(std::string_view{}));
  try {
    append_whole<Event>(out, open, sealed ? &behind : nullptr);
  } catch (const field_error& broken) {
    return error{errc::corrupt, std::string(Event::type.name) + ": " + broken.context};
  }
  return out;
}

/// The same for the shape that `schema` had. Errors: corrupt, from_the_future.
template <described Event>
result<std::string> make_whole_as(std::uint16_t schema, std::string_view stored,
                                  std::optional<std::string_view> sealed) {
  if (schema == Event::type.schema) return make_whole<Event>(stored, sealed);
  if constexpr (has_previous<Event>)
    if (schema < Event::type.schema) return make_whole_as<typename Event::previous>(schema, stored, sealed);
  return unknown_schema(Event::type, schema);
}

} // namespace palabre::events
