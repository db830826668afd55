#pragma once
// Request bodies. A body is a struct described by Boost.Describe whose field types carry their checks, so that parsing,
// validation and the API's own description come from the same place:
//
//   struct post_message_body {
//     text<1, limits::message_code_points_max, "message_code_points"> body;
//     std::optional<message_id> reply_to;
//     std::optional<key_text> client_id;
//     std::optional<metadata_json> metadata;
//   };
//   BOOST_DESCRIBE_STRUCT(post_message_body, (), (body, reply_to, client_id, metadata))
//
// Field types: the ones below; id_of<…>; bool; integers; timestamp; described enums; events::visibility ("public",
// "private"); described structs; std::optional<T>: may be absent or null; patched<T>: tells absent from null;
// replaced<T>.

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "events/permissions.hpp"
#include "http/problem.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace palabre::http {

/// What a bound is called in an answer, as a template argument.
template <std::size_t N>
struct bound_name {
  char text[N];
  consteval bound_name(const char (&name)[N]) { std::copy_n(name, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// Gathers what is wrong with a body while it is read: all of it, each with its place.
class body_checks {
public:
  using element = simdjson::dom::element;

  void refuse(std::string code, std::string detail);
  /// Code `limit_exceeded`, "message_code_points: at most 4000".
  void over_bound(std::string_view bound, std::uint64_t max);
  void wrong_type(std::string_view expected);
  /// The text of a JSON string; nullopt (and noted) for anything else.
  std::optional<std::string_view> string_of(element from);

  void enter(std::string_view name);
  void enter(std::size_t index);
  void leave();

  /// A string holds half of a surrogate pair: no UTF-8 can be made of it, the whole body is malformed.
  bool malformed() const { return malformed_; }
  void set_malformed() { malformed_ = true; }
  std::vector<field_problem>& problems() { return problems_; }

private:
  std::string pointer_;
  std::vector<std::size_t> entered_; ///< lengths of pointer_ to go back to
  std::vector<field_problem> problems_;
  bool malformed_ = false;
};

// ---- Field types. Each has read(), which checks and takes over, and what its description needs.

enum class line_breaks : bool { refused, allowed };

/// Text that people write: NFC, without control characters, `Min` to `Max` code points, not only white space if Min >
/// 0.
template <std::size_t Min, std::size_t Max, bound_name Bound = "text_code_points",
          line_breaks Breaks = line_breaks::allowed>
struct text {
  static constexpr std::size_t code_points_min = Min, code_points_max = Max;
  std::string value;
  void read(body_checks::element from, body_checks& checks);
};

/// The same in one line: names and labels.
template <std::size_t Min, std::size_t Max, bound_name Bound = "text_code_points">
using line = text<Min, Max, Bound, line_breaks::refused>;

/// A password: `Min` to `Max` bytes, taken as they are.
template <std::size_t Min, std::size_t Max, bound_name Bound = "password_bytes">
struct secret_text {
  static constexpr std::size_t bytes_min = Min, bytes_max = Max;
  std::string value;
  void read(body_checks::element from, body_checks& checks);
};

/// `Min` to `Max` bytes of visible ASCII: tokens, codes, logins before they are looked at more closely.
template <std::size_t Min, std::size_t Max, bound_name Bound = "ascii_bytes">
struct ascii_text {
  static constexpr std::size_t bytes_min = Min, bytes_max = Max;
  std::string value;
  void read(body_checks::element from, body_checks& checks);
};

/// A client_id.
using key_text = ascii_text<1, limits::idempotency_key_bytes_max, "client_id_bytes">;

/// An address with one @ between two parts without blanks; whether it exists, only a mail can tell.
struct email_text {
  std::string value;
  void read(body_checks::element from, body_checks& checks);
};

/// An absolute http or https URL.
struct url_text {
  std::string value;
  void read(body_checks::element from, body_checks& checks);
};

/// One emoji, in its fully qualified form.
struct emoji_text {
  std::string value;
  void read(body_checks::element from, body_checks& checks);
};

/// Any JSON object, or null: at most metadata_bytes_max and json_depth_max, written anew and minified (decisions.md
/// 28).
struct metadata_json {
  events::raw_json value;
  void read(body_checks::element from, body_checks& checks);
};

/// At most `Max` items.
template <class T, std::size_t Max, bound_name Bound = "items">
struct list {
  static constexpr std::size_t items_max = Max;
  std::vector<T> value;
  void read(body_checks::element from, body_checks& checks);
};

/// A whole number from `Min` to `Max`.
template <std::int64_t Min, std::int64_t Max>
struct whole {
  static constexpr std::int64_t value_min = Min, value_max = Max;
  std::int64_t value = 0;
  void read(body_checks::element from, body_checks& checks);
};

/// A field of a PATCH that can be changed, not emptied: absent or a value.
template <class T>
struct replaced {
  std::optional<T> value;
};

/// A field of a PATCH: absent (leave it), null (empty it) or a value.
template <class T>
struct patched {
  bool present = false;
  std::optional<T> value;
};

// ---- Reading

/// Reads a whole body. Problems: 400 `malformed_json` (not JSON, not UTF-8, nested too deeply); 422 with everything
/// that is wrong with its fields: `limit_exceeded` if that is bounds only, else `validation_failed`. Unknown fields are
/// ignored; of a field that comes twice the first counts.
template <events::described T>
std::variant<T, problem> parse_body(std::string_view json);

/// The fields of a body that was read, as bytes that are equal exactly when the fields are (for idempotency).
template <events::described T>
std::string canonical(const T& body);

} // namespace palabre::http

#include "http/schema_reading.hpp"
