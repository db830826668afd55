#include "app/namespace_options.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <array>

namespace palabre::app {
namespace {

using http::namespace_settings;
using http::permission;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view section = "namespaces.";

std::string name_in(const std::string& option_name) {
  const std::size_t end = option_name.rfind('.');
  return end < section.size() ? std::string() : option_name.substr(section.size(), end - section.size());
}

constexpr std::array<std::pair<permission, std::string_view>, 5> permissions{{{permission::nobody, "nobody"},
                                                                              {permission::token, "token"},
                                                                              {permission::subscribers, "subscribers"},
                                                                              {permission::user, "user"},
                                                                              {permission::anyone, "anyone"}}};

/// `middle`: what stands between nobody and user.
template <class Where>
option permission_option(std::string name, std::string help, permission middle, Where where) {
  const permission left_out = middle == permission::token ? permission::subscribers : permission::token;
  const std::string allowed =
      middle == permission::token ? "nobody, token, user or anyone" : "nobody, subscribers, user or anyone";
  return {std::move(name), std::move(help), allowed,
          [=](configuration& c, const std::string& text) {
            for (const auto& [value, word] : permissions) {
              if (word != text || value == left_out) continue;
              where(c) = value;
              return true;
            }
            return false;
          },
          [=](const configuration& c) {
            const permission now = where(const_cast<configuration&>(c));
            const auto is_it = [now](const auto& each) { return each.first == now; };
            return std::string(std::find_if(permissions.begin(), permissions.end(), is_it)->second);
          }};
}

/// Of one namespace: a member of it is the place of an option.
class rows_of {
public:
  explicit rows_of(std::string name) : name_(std::move(name)) {}

  auto place(auto namespace_settings::*member) const {
    return [ name = name_, member ](configuration & c) -> auto& {
      return c.edge.namespaces[name].*member;
    };
  }
  std::string named(std::string_view key) const { return std::string(section) + name_ + "." + std::string(key); }

  std::vector<option> all() const;

private:
  std::string name_;
};

std::vector<option> rows_of::all() const {
  using ns = namespace_settings;
  const auto flag = [&](std::string_view key, std::string help, bool ns::*member) {
    return switch_option(named(key), std::move(help), place(member));
  };
  const auto right = [&](std::string_view key, std::string help, permission middle, permission ns::*member) {
    return permission_option(named(key), std::move(help), middle, place(member));
  };
  return {
      number_option(named("history_size"), "publications kept in memory for each channel; 0: none, and no recovery", 0,
                    limits::history_size_max, place(&ns::history_size)),
      duration_option<seconds>(named("history_ttl"), "a publication is kept for this long", seconds(1), hours(24 * 30),
                               place(&ns::history_ttl)),
      flag("presence", "who listens can be asked for", &ns::presence),
      flag("join_leave", "who comes and goes is told to subscribers that ask for it and may see presence",
           &ns::join_leave),
      flag("force_push_join_leave", "who comes and goes is told to all subscribers", &ns::force_push_join_leave),
      flag("force_recovery", "subscribers recover what they missed without asking for it", &ns::force_recovery),
      flag("force_positioning", "subscribers are told their position without asking for it", &ns::force_positioning),
      right("subscribe", "who may subscribe; a valid subscription token always may, unless it is nobody",
            permission::token, &ns::subscribe),
      right("publish", "which clients may publish", permission::subscribers, &ns::publish),
      right("history_for", "who may ask for history, and for recovery", permission::subscribers, &ns::history_for),
      right("presence_for", "who may ask who is there", permission::subscribers, &ns::presence_for),
      flag("anonymous", "connections without a user may use the namespace; they may connect without a token then",
           &ns::anonymous),
      hashes_option(named("api_key_sha256"), "keys that open this namespace to the server API, as hashes (sha256sum)",
                    place(&ns::api_key_hashes)),
  };
}

bool is_name(std::string_view name) {
  const auto is_letter = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= limits::namespace_name_bytes_max &&
         std::all_of(name.begin(), name.end(), is_letter);
}

} // namespace

bool is_of_namespace(const std::string& name) {
  return name.starts_with(section);
}

std::optional<std::string> wrong_with_namespace(const configuration& c, const std::string& option_name) {
  const std::string name = name_in(option_name);
  if (name.empty()) return "write " + option_name + " as namespaces.NAME.key";
  if (name == "room" || name == "user")
    return "namespaces." + name + ": this name is reserved for the server's own channels";
  if (!is_name(name))
    return "namespaces." + name + " is not allowed; a name has 1 to " +
           std::to_string(limits::namespace_name_bytes_max) + " letters, digits, '_', '-' or '.'";
  if (!c.edge.namespaces.contains(name) && c.edge.namespaces.size() >= limits::namespaces_max)
    return "namespaces." + name + ": there can be " + std::to_string(limits::namespaces_max) + " at most";
  return std::nullopt;
}

std::vector<option> namespace_options(const std::string& option_name) {
  return rows_of(name_in(option_name)).all();
}

} // namespace palabre::app
