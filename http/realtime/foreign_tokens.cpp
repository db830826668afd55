#include "http/realtime/foreign_tokens.hpp"

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <cmath>

namespace palabre::http::realtime {

namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

constexpr double seconds_max = 253'402'300'799; // the end of the year 9999

error not_valid() {
  return {errc::unauthenticated, "the token is not valid"};
}

struct token_parts {
  std::string_view header, payload, signature;
  std::string_view signed_part;
};

std::optional<token_parts> split(std::string_view token) {
  const std::size_t first = token.find('.'), last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const token_parts parts{token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(last + 1),
                          token.substr(0, last)};
  if (parts.payload.find('.') != std::string_view::npos) return std::nullopt;
  return parts;
}

/// "alg" is HS256, and nothing has to be understood that is not.
bool is_plain_hs256(std::string_view header) {
  thread_local outside_json reading;
  const auto fields = reading.parse(from_base64url(header));
  std::string_view algorithm;
  element critical;
  return fields && (*fields)["alg"].get(algorithm) == SUCCESS && algorithm == "HS256" &&
         (*fields)["crit"].get(critical) != SUCCESS;
}

/// A NumericDate: seconds, whole or not.
bool read_time(json_object from, std::string_view name, std::optional<timestamp>& out) {
  element value;
  if (from[name].get(value) != SUCCESS || value.is_null()) return true;
  double seconds = 0;
  if (value.get(seconds) != SUCCESS || !(seconds >= 0 && seconds <= seconds_max)) return false;
  out = timestamp{std::llround(seconds * 1'000)};
  return true;
}

/// When what the token allows ends: its own end, unless it says something else.
bool read_end(json_object claims, std::optional<timestamp>& out) {
  std::optional<timestamp> instead;
  if (!read_time(claims, "exp", out) || !read_time(claims, "expire_at", instead)) return false;
  if (instead) out = *instead;
  if (instead == timestamp{0}) out.reset();
  return true;
}

bool read_channel(std::string_view name, subscription_grant grant, std::vector<granted_channel>& out) {
  if (name.empty() || name.size() > limits::channel_bytes_max) return false;
  const auto is_it = [&](const granted_channel& each) { return each.channel == name; };
  if (std::none_of(out.begin(), out.end(), is_it)) out.push_back({std::string(name), std::move(grant)});
  return true;
}

/// `subs` first: it says more.
bool read_channels(json_object claims, std::vector<granted_channel>& out) {
  std::optional<json_object> subs;
  if (!read_object(claims, "subs", subs)) return false;
  if (subs) {
    for (const auto& [name, value] : *subs) {
      json_object options;
      if (value.get(options) != SUCCESS) return false;
      auto grant = read_grant(options);
      if (!grant || !read_channel(name, std::move(*grant), out)) return false;
    }
  }
  element list;
  if (claims["channels"].get(list) != SUCCESS || list.is_null()) return true;
  array names;
  if (list.get(names) != SUCCESS) return false;
  for (const element each : names) {
    std::string_view name;
    if (each.get(name) != SUCCESS || !read_channel(name, {}, out)) return false;
  }
  return true;
}

} // namespace

foreign_tokens::foreign_tokens(std::string key, const clock& time) : key_(std::move(key)), time_(time) {
  PALABRE_ASSERT(key_.empty() || key_.size() >= 32);
}

bool foreign_tokens::is_signed(std::string_view token) const {
  if (key_.empty() || token.size() > limits::foreign_token_bytes_max) return false;
  const auto parts = split(token);
  if (!parts) return false;
  const std::string expected = to_base64url(as_bytes(hmac_sha256(key_, parts->signed_part)));
  return equal_in_constant_time(expected, parts->signature) && is_plain_hs256(parts->header);
}

/// The signature first: nothing of an unsigned token is looked at.
result<json_object> foreign_tokens::claims_of(std::string_view token, outside_json& reading) const {
  if (!is_signed(token)) return not_valid();
  const auto claims = reading.parse(from_base64url(split(token)->payload));
  if (!claims) return not_valid();
  std::optional<timestamp> ends, begins;
  if (!read_time(*claims, "exp", ends) || !read_time(*claims, "nbf", begins)) return not_valid();
  const timestamp now = time_.now();
  if ((ends && *ends <= now) || (begins && *begins > now)) return error{errc::token_expired, "the token has expired"};
  return *claims;
}

result<connection_claims> foreign_tokens::verify_connection(std::string_view token) const {
  thread_local outside_json reading;
  PALABRE_TRY(const json_object claims, claims_of(token, reading));
  if (claims.at_key("channel").error() == simdjson::SUCCESS)
    return not_valid(); // a token for one channel opens no other
  connection_claims out;
  foreign_user user;
  if (!read_field(claims, "sub", user.name, limits::foreign_name_bytes_max) ||
      !read_json_field(claims, "info", user.info, limits::shown_info_bytes_max) ||
      !read_end(claims, out.who.expires_at) || !read_channels(claims, out.channels))
    return not_valid();
  out.who.what = user.name.empty() ? identity::kind::nobody : identity::kind::foreign;
  if (!user.name.empty()) out.who.user = foreign_user_id(user.name);
  out.who.foreign = std::make_shared<const foreign_user>(std::move(user));
  return out;
}

result<subscription_claims> foreign_tokens::verify_subscription(std::string_view token) const {
  thread_local outside_json reading;
  PALABRE_TRY(const json_object claims, claims_of(token, reading));
  subscription_claims out;
  auto grant = read_grant(claims);
  if (!grant || !read_field(claims, "sub", out.user, limits::foreign_name_bytes_max) ||
      !read_field(claims, "channel", out.channel, limits::channel_bytes_max) ||
      !read_field(claims, "client", out.client, uuid_text_bytes) || !read_end(claims, out.expires_at))
    return not_valid();
  out.grant = std::move(*grant);
  return out;
}

user_id foreign_user_id(std::string_view name) {
  uuid id;
  id.bytes = shortened(sha256("foreign:" + std::string(name)));
  return user_id{id};
}

} // namespace palabre::http::realtime
