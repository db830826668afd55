#include "http/realtime/subscription_grant.hpp"

#include "base/limits.hpp"

namespace palabre::http::realtime {

namespace {

bool read_override(json_object from, std::string_view name, std::optional<bool>& out) {
  simdjson::dom::element value;
  if (from[name].get(value) != simdjson::SUCCESS || value.is_null()) return true;
  json_object boxed;
  if (value.get(boxed) == simdjson::SUCCESS) { // {} is false: what other systems leave out is a zero
    bool flag = false;
    if (!read_field(boxed, "value", flag)) return false;
    out = flag;
    return true;
  }
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) return false;
  out = flag;
  return true;
}

bool read_overrides(json_object from, subscription_grant& out) {
  std::optional<json_object> found;
  if (!read_object(from, "override", found)) return false;
  if (!found) return true;
  return read_override(*found, "presence", out.presence) && read_override(*found, "join_leave", out.join_leave) &&
         read_override(*found, "force_recovery", out.force_recovery) &&
         read_override(*found, "force_positioning", out.force_positioning) &&
         read_override(*found, "force_push_join_leave", out.force_push_join_leave);
}

} // namespace

namespace_settings subscription_grant::applied_to(namespace_settings of) const {
  of.presence = presence.value_or(of.presence);
  of.join_leave = join_leave.value_or(of.join_leave);
  of.force_recovery = force_recovery.value_or(of.force_recovery);
  of.force_positioning = force_positioning.value_or(of.force_positioning);
  of.force_push_join_leave = force_push_join_leave.value_or(of.force_push_join_leave);
  return of;
}

std::optional<subscription_grant> read_grant(json_object from) {
  subscription_grant grant;
  if (!read_json_field(from, "info", grant.info, limits::shown_info_bytes_max) ||
      !read_json_field(from, "data", grant.data, limits::foreign_token_bytes_max) || !read_overrides(from, grant))
    return std::nullopt;
  return grant;
}

} // namespace palabre::http::realtime
