#pragma once
// How the field types of http/schema.hpp are read; included by it only.

#include "http/schema.hpp"

#include <type_traits>

namespace palabre::http {

namespace reading {

using element = body_checks::element;
using object = simdjson::dom::object;

void text_into(std::string& out, element from, std::size_t min, std::size_t max, std::string_view bound,
               line_breaks breaks, body_checks& checks);
void secret_into(std::string& out, element from, std::size_t min, std::size_t max, std::string_view bound,
                 body_checks& checks);
void ascii_into(std::string& out, element from, std::size_t min, std::size_t max, std::string_view bound,
                body_checks& checks);
void flag_into(bool& out, element from, body_checks& checks);
void time_into(timestamp& out, element from, body_checks& checks);
void id_into(uuid& out, element from, body_checks& checks);
void visibility_into(events::visibility& out, element from, body_checks& checks);
/// A whole number in [min, max]; `max` may be beyond int64.
std::optional<std::int64_t> signed_in(element from, std::int64_t min, std::int64_t max, body_checks& checks);
std::optional<std::uint64_t> unsigned_in(element from, std::uint64_t max, body_checks& checks);

/// Parses, lends the root object to `read`, and answers what came of it.
std::optional<problem> body(std::string_view json, void (*read)(object, void*, body_checks&), void* out);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_patched = false;
template <class T>
inline constexpr bool is_patched<patched<T>> = true;
template <class T>
inline constexpr bool is_replaced = false;
template <class T>
inline constexpr bool is_replaced<replaced<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <events::described T>
void object_into(T& out, object from, body_checks& checks);

template <events::described_enum T>
void enum_into(T& out, element from, body_checks& checks) {
  const auto name = checks.string_of(from);
  if (!name) return;
  std::string known;
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
    if (*name == enumerator.name) {
      out = enumerator.value;
      found = true;
    }
    known += known.empty() ? "one of " : ", ";
    known += enumerator.name;
  });
  if (!found) checks.refuse("not_allowed", known);
}

template <class T>
void value_into(T& out, element from, body_checks& checks) {
  if constexpr (requires { out.read(from, checks); })
    out.read(from, checks);
  else if constexpr (is_optional<T>) {
    if (from.is_null())
      out.reset();
    else
      value_into(out.emplace(), from, checks);
  } else if constexpr (is_replaced<T>) {
    if (from.is_null())
      checks.refuse("required", "this can be changed, not taken away");
    else
      value_into(out.value.emplace(), from, checks);
  } else if constexpr (is_patched<T>) {
    out.present = true;
    value_into(out.value, from, checks);
  } else if constexpr (std::is_same_v<T, bool>)
    flag_into(out, from, checks);
  else if constexpr (std::is_same_v<T, timestamp>)
    time_into(out, from, checks);
  else if constexpr (std::is_same_v<T, events::visibility>)
    visibility_into(out, from, checks);
  else if constexpr (std::is_base_of_v<uuid, T>)
    id_into(out, from, checks);
  else if constexpr (events::described_enum<T>)
    enum_into(out, from, checks);
  else if constexpr (std::is_signed_v<T>) {
    if (const auto n = signed_in(from, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), checks))
      out = static_cast<T>(*n);
  } else if constexpr (std::is_unsigned_v<T>) {
    if (const auto n = unsigned_in(from, std::numeric_limits<T>::max(), checks)) out = static_cast<T>(*n);
  } else {
    static_assert(events::described<T>, "not a field type");
    object nested;
    if (from.get(nested) == simdjson::SUCCESS)
      object_into(out, nested, checks);
    else
      checks.wrong_type("an object");
  }
}

template <events::described T>
void object_into(T& out, object from, body_checks& checks) {
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    auto& field = out.*member.pointer;
    using field_type = std::remove_reference_t<decltype(field)>;
    element value;
    const bool there = from.at_key(member.name).get(value) == simdjson::SUCCESS;
    if (!there && (is_optional<field_type> || is_patched<field_type> || is_replaced<field_type>)) return;
    checks.enter(member.name);
    if (there)
      value_into(field, value, checks);
    else
      checks.refuse("required", "this field is needed");
    checks.leave();
  });
}

// ---- Canonical bytes: every value behind its length or of fixed width, so that no two bodies run together.

template <class T>
void append_canonical(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    put_int(out, static_cast<std::uint32_t>(value.size()));
    out += value;
  } else if constexpr (std::is_same_v<T, events::raw_json>)
    append_canonical(out, value.text);
  else if constexpr (is_optional<T>) {
    out += value ? '\1' : '\0';
    if (value) append_canonical(out, *value);
  } else if constexpr (is_patched<T>) {
    out += value.present ? '\1' : '\0';
    append_canonical(out, value.value);
  } else if constexpr (is_vector<T>) {
    put_int(out, static_cast<std::uint32_t>(value.size()));
    for (const auto& item : value) append_canonical(out, item);
  } else if constexpr (requires { value.value; })
    append_canonical(out, value.value);
  else if constexpr (std::is_same_v<T, timestamp>)
    put_int(out, value.ms);
  else if constexpr (std::is_base_of_v<uuid, T>)
    out.append(reinterpret_cast<const char*>(value.bytes.data()), 16);
  else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
    put_int(out, static_cast<std::uint64_t>(value));
  else
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { append_canonical(out, value.*member.pointer); });
}

} // namespace reading

template <std::size_t Min, std::size_t Max, bound_name Bound, line_breaks Breaks>
void text<Min, Max, Bound, Breaks>::read(body_checks::element from, body_checks& checks) {
  reading::text_into(value, from, Min, Max, Bound.view(), Breaks, checks);
}
template <std::size_t Min, std::size_t Max, bound_name Bound>
void secret_text<Min, Max, Bound>::read(body_checks::element from, body_checks& checks) {
  reading::secret_into(value, from, Min, Max, Bound.view(), checks);
}
template <std::size_t Min, std::size_t Max, bound_name Bound>
void ascii_text<Min, Max, Bound>::read(body_checks::element from, body_checks& checks) {
  reading::ascii_into(value, from, Min, Max, Bound.view(), checks);
}
template <std::int64_t Min, std::int64_t Max>
void whole<Min, Max>::read(body_checks::element from, body_checks& checks) {
  if (const auto number = reading::signed_in(from, Min, Max, checks)) value = *number;
}
template <class T, std::size_t Max, bound_name Bound>
void list<T, Max, Bound>::read(body_checks::element from, body_checks& checks) {
  simdjson::dom::array items;
  if (from.get(items) != simdjson::SUCCESS) return checks.wrong_type("an array");
  std::size_t count = 0;
  for (const body_checks::element item : items) {
    if (count == Max) return checks.over_bound(Bound.view(), Max);
    checks.enter(count++);
    reading::value_into(value.emplace_back(), item, checks);
    checks.leave();
  }
}

template <events::described T>
std::variant<T, problem> parse_body(std::string_view json) {
  T body;
  auto wrong = reading::body(
      json,
      [](reading::object from, void* out, body_checks& checks) {
        reading::object_into(*static_cast<T*>(out), from, checks);
      },
      &body);
  if (wrong) return std::move(*wrong);
  return body;
}

template <events::described T>
std::string canonical(const T& body) {
  std::string out;
  reading::append_canonical(out, body);
  return out;
}

} // namespace palabre::http
