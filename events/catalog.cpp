#include "events/catalog.hpp"

#include "events/sealing.hpp"

#include <algorithm>

namespace palabre::events {
namespace {

template <class Event>
type_description describe(stream_kind stream) {
  type_description d{Event::type, stream, {}};
  boost::mp11::mp_for_each<members_of<Event>>([&](auto member) {
    using field = field_of<Event, decltype(member)>;
    d.fields.push_back({key_of<Event>(member), has_personal<field>, has_secret<field>});
  });
  return d;
}

template <class Variant>
void describe_all(stream_kind stream, std::vector<type_description>& out) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Variant>>(
      [&](auto alternative) { out.push_back(describe<typename decltype(alternative)::type>(stream)); });
}

const type_description* find(char kind, std::string_view type) {
  const auto& types = all_types();
  const auto found = std::find_if(types.begin(), types.end(), [&](const auto& t) {
    return static_cast<char>(t.stream) == kind && t.type.name == type;
  });
  return found == types.end() ? nullptr : &*found;
}

template <class Variant>
result<any_event> decode_in(std::string_view type, std::uint16_t schema, std::string_view payload) {
  PALABRE_TRY(auto event, decode<Variant>(type, schema, payload));
  return any_event{std::move(event)};
}

template <class Variant>
result<std::string> make_whole_in(std::string_view type, std::uint16_t schema, std::string_view stored,
                                  std::optional<std::string_view> sealed) {
  std::optional<result<std::string>> found;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Variant>>([&](auto alternative) {
    using event = typename decltype(alternative)::type;
    if (!found && event::type.name == type) found.emplace(make_whole_as<event>(schema, stored, sealed));
  });
  return found ? std::move(*found) : unknown_type(type);
}

error unknown_kind(char kind) {
  return {errc::from_the_future, std::string("stream kind '") + kind + "' is not known here"};
}

} // namespace

result<any_event> decode_any(char kind, std::string_view type, std::uint16_t schema, std::string_view payload) {
  switch (static_cast<stream_kind>(kind)) {
  case stream_kind::room: return decode_in<room_event>(type, schema, payload);
  case stream_kind::user: return decode_in<user_event>(type, schema, payload);
  case stream_kind::login: return decode_in<login_event>(type, schema, payload);
  case stream_kind::share_code: return decode_in<share_code_event>(type, schema, payload);
  case stream_kind::inbox: return decode_in<inbox_event>(type, schema, payload);
  case stream_kind::direct_pair: return decode_in<direct_pair_event>(type, schema, payload);
  }
  return unknown_kind(kind);
}

result<std::string> make_whole_any(char kind, std::string_view type, std::uint16_t schema, std::string_view stored,
                                   std::optional<std::string_view> sealed) {
  switch (static_cast<stream_kind>(kind)) {
  case stream_kind::room: return make_whole_in<room_event>(type, schema, stored, sealed);
  case stream_kind::user: return make_whole_in<user_event>(type, schema, stored, sealed);
  case stream_kind::login: return make_whole_in<login_event>(type, schema, stored, sealed);
  case stream_kind::share_code: return make_whole_in<share_code_event>(type, schema, stored, sealed);
  case stream_kind::inbox: return make_whole_in<inbox_event>(type, schema, stored, sealed);
  case stream_kind::direct_pair: return make_whole_in<direct_pair_event>(type, schema, stored, sealed);
  }
  return unknown_kind(kind);
}

std::string public_json(const any_event& event, words bodies) {
  const auto print = [](const auto& e) { return to_json(e, secrets::hidden); };
  if (bodies == words::hidden) { // the shape stays, the words go
    const auto* room = std::get_if<room_event>(&event);
    if (const auto* posted = room ? std::get_if<message_posted>(room) : nullptr) {
      message_posted bare = *posted;
      bare.body = {{}, true};
      bare.metadata.value.text = "null";
      bare.mentioned_user_ids.clear();
      return print(bare);
    }
    if (const auto* edited = room ? std::get_if<message_edited>(room) : nullptr) {
      message_edited bare = *edited;
      bare.body = {{}, true};
      bare.mentioned_user_ids.clear();
      return print(bare);
    }
  }
  return std::visit([&](const auto& family) { return std::visit(print, family); }, event);
}

bool is_blank(const any_event& event) {
  const auto has_no_words = [](const auto& e) { return is_blank(e); };
  return std::visit([&](const auto& family) { return std::visit(has_no_words, family); }, event);
}

audience audience_of(const any_event& event) {
  return std::visit(
      [](const auto& family) {
        return std::visit([](const auto& e) { return std::decay_t<decltype(e)>::type.seen_by; }, family);
      },
      event);
}

bool has_secrets(char kind, std::string_view type) {
  const type_description* known = find(kind, type);
  if (!known) return true;
  return std::any_of(known->fields.begin(), known->fields.end(), [](const auto& f) { return f.is_secret; });
}

audience audience_of(char kind, std::string_view type) {
  const type_description* known = find(kind, type);
  return known ? known->type.seen_by : audience::nobody;
}

const std::vector<type_description>& all_types() {
  static const std::vector<type_description> types = [] {
    std::vector<type_description> all;
    describe_all<room_event>(stream_kind::room, all);
    describe_all<user_event>(stream_kind::user, all);
    describe_all<login_event>(stream_kind::login, all);
    describe_all<share_code_event>(stream_kind::share_code, all);
    describe_all<inbox_event>(stream_kind::inbox, all);
    describe_all<direct_pair_event>(stream_kind::direct_pair, all);
    return all;
  }();
  return types;
}

} // namespace palabre::events
