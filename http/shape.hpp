#pragma once
// What bodies and answers look like, as JSON Schema (2020-12, which OpenAPI 3.1 uses), made of the described types
// themselves: a bound that changes there changes here.
//
// A described struct that has `static constexpr std::string_view shape_name` is written once, under that name, and
// referred to everywhere else. A struct that is a whole body or answer also has `static constexpr std::string_view
// example`: JSON of that shape.

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "http/api.hpp"
#include "http/schema.hpp"

#include <map>

namespace palabre::http {

/// In a body a field without a value may be left out; in an answer all fields are there, null if they have no value.
enum class direction : bool { taken, given };

/// A field of an answer that is not always there.
template <class T>
struct sometimes {
  std::optional<T> value;
};

/// Any JSON value, written by others.
struct any_json {};

/// Gathers the named shapes of a document. Threads: one.
class shape_book {
public:
  /// The schema of T: in full, or a reference to one of named().
  template <class T>
  std::string of(direction way);

  struct shape_entry {
    const void* of; ///< stands for the type
    direction way;
    std::string schema;
  };
  const std::map<std::string, shape_entry, std::less<>>& named() const { return named_; }

private:
  template <class T>
  std::string in_full(direction way);

  template <class T>
  static constexpr char identity = 0;

  std::map<std::string, shape_entry, std::less<>> named_;
};

template <class T, direction Way>
constexpr shape shape_of = [](shape_book& book) { return book.of<T>(Way); };

// ---- For the rows of the route table

template <class T>
constexpr sample sample_of = [] { return std::string(T::example); };
template <class T>
constexpr taken_body takes_a = {shape_of<T, direction::taken>, sample_of<T>};
template <class T>
constexpr given_answer answers_a = {200, shape_of<T, direction::given>, sample_of<T>};
template <class T>
constexpr given_answer makes_a = {201, shape_of<T, direction::given>, sample_of<T>};

namespace shapes {

std::string string(std::uint64_t min, std::optional<std::uint64_t> max, std::string_view more = {});
std::string integer(std::optional<std::int64_t> min, std::optional<std::int64_t> max);
std::string array(const std::string& items, std::optional<std::size_t> max = std::nullopt);
std::string one_of(const std::vector<std::string_view>& names);
std::string nullable(const std::string& schema);
/// `required` names those of `properties` (name and schema) that are always there.
std::string object(const std::vector<std::pair<std::string, std::string>>& properties,
                   const std::vector<std::string_view>& required);
std::string reference(std::string_view name);

template <class T>
inline constexpr bool is_list = false;
template <class T, std::size_t Max, bound_name Bound>
inline constexpr bool is_list<list<T, Max, Bound>> = true;
template <class T>
inline constexpr bool is_sometimes = false;
template <class T>
inline constexpr bool is_sometimes<sometimes<T>> = true;
inline constexpr auto public_fields = boost::describe::mod_public | boost::describe::mod_inherited;
template <class T>
concept in_code_points = requires {
  T::code_points_max;
};
template <class T>
concept in_bytes = requires {
  T::bytes_max;
};
template <class T>
concept bounded_number = requires {
  T::value_max;
};
template <class T>
concept named = requires {
  T::shape_name;
};

template <class T>
inline constexpr bool is_ascii = false;
template <std::size_t Min, std::size_t Max, bound_name Bound>
inline constexpr bool is_ascii<ascii_text<Min, Max, Bound>> = true;

} // namespace shapes

template <class T>
std::string shape_book::of(direction way) {
  if constexpr (shapes::named<T>) {
    const std::string_view name = T::shape_name;
    const auto [at, is_new] = named_.try_emplace(std::string(name), shape_entry{&identity<T>, way, {}});
    PALABRE_ASSERT(at->second.of == &identity<T> && at->second.way == way); // one name, one type, one direction
    if (is_new) at->second.schema = in_full<T>(way);                        // which may refer to itself
    return shapes::reference(name);
  } else {
    return in_full<T>(way);
  }
}

template <class T>
std::string shape_book::in_full(direction way) {
  using namespace shapes;
  if constexpr (requires { T::schema(); })
    return T::schema();
  else if constexpr (reading::is_optional<T>)
    return nullable(of<typename T::value_type>(way));
  else if constexpr (reading::is_patched<T>)
    return of<decltype(T::value)>(way);
  else if constexpr (reading::is_replaced<T>)
    return of<typename decltype(T::value)::value_type>(way);
  else if constexpr (is_sometimes<T>)
    return of<typename decltype(T::value)::value_type>(way);
  else if constexpr (is_list<T>)
    return array(of<typename decltype(T::value)::value_type>(way), T::items_max);
  else if constexpr (reading::is_vector<T>)
    return array(of<typename T::value_type>(way));
  else if constexpr (is_ascii<T>)
    return string(T::bytes_min, T::bytes_max, R"("pattern":"^[!-~]*$")");
  else if constexpr (in_code_points<T>)
    return string(T::code_points_min, T::code_points_max);
  else if constexpr (in_bytes<T>)
    return string((T::bytes_min + 3) / 4, T::bytes_max); // a character has four bytes at most
  else if constexpr (bounded_number<T>)
    return integer(T::value_min, T::value_max);
  else if constexpr (std::is_same_v<T, email_text>)
    return string(3, limits::email_bytes_max, R"("format":"email")");
  else if constexpr (std::is_same_v<T, url_text>)
    return string(1, limits::url_bytes_max, R"("format":"uri")");
  else if constexpr (std::is_same_v<T, emoji_text>)
    return string(1, limits::emoji_bytes_max, R"("description":"one emoji")");
  else if constexpr (std::is_same_v<T, metadata_json> || std::is_same_v<T, events::raw_json>)
    return R"({"type":["object","null"],"additionalProperties":true})";
  else if constexpr (std::is_same_v<T, any_json>)
    return "{}";
  else if constexpr (std::is_same_v<T, bool>)
    return R"({"type":"boolean"})";
  else if constexpr (std::is_same_v<T, std::string>)
    return R"({"type":"string"})";
  else if constexpr (std::is_same_v<T, timestamp>)
    return R"({"type":"string","format":"date-time"})";
  else if constexpr (std::is_same_v<T, events::visibility>)
    return one_of({"public", "private"});
  else if constexpr (std::is_base_of_v<uuid, T>)
    return R"({"type":"string","format":"uuid"})";
  else if constexpr (events::described_enum<T>) {
    std::vector<std::string_view> names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto enumerator) { names.push_back(enumerator.name); });
    return one_of(names);
  } else if constexpr (std::is_integral_v<T>)
    return integer(std::is_unsigned_v<T> ? std::optional<std::int64_t>{0} : std::nullopt, std::nullopt);
  else {
    static_assert(events::described<T>, "this has no shape");
    std::vector<std::pair<std::string, std::string>> properties;
    std::vector<std::string_view> required;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, public_fields>>([&](auto member) {
      using field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
      const std::string_view name = way == direction::given ? events::key_of<T>(member) : member.name;
      properties.emplace_back(name, of<field>(way));
      const bool may_miss = is_sometimes<field> ||
                            (way == direction::taken && (reading::is_optional<field> || reading::is_patched<field> ||
                                                         reading::is_replaced<field>));
      if (!may_miss) required.push_back(name);
    });
    return object(properties, required);
  }
}

} // namespace palabre::http
