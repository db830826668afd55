#pragma once
// What an event keeps of the request that caused it: the request's id and, behind a space, the trace that it belongs to
// (W3C traceparent), if the caller named one.

#include <algorithm>
#include <string>
#include <string_view>

namespace palabre {

constexpr std::size_t traceparent_bytes = 55;

inline std::string correlation_of(std::string_view request_id, std::string_view traceparent) {
  std::string both(request_id);
  if (!traceparent.empty()) both.append(" ").append(traceparent);
  return both;
}
inline std::string_view request_id_in(std::string_view correlation) {
  return correlation.substr(0, correlation.find(' '));
}
/// Empty: there was none.
inline std::string_view traceparent_in(std::string_view correlation) {
  const auto space = correlation.find(' ');
  return space == correlation.npos ? std::string_view{} : correlation.substr(space + 1);
}

/// "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01": version 00, ids of lower-case digits that are not all
/// zeros.
inline bool is_traceparent(std::string_view text) {
  const auto are_hex = [](std::string_view digits) {
    return std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  };
  if (text.size() != traceparent_bytes || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') return false;
  const std::string_view trace = text.substr(3, 32), parent = text.substr(36, 16);
  return are_hex(trace) && are_hex(parent) && are_hex(text.substr(53)) && trace.find_first_not_of('0') != trace.npos &&
         parent.find_first_not_of('0') != parent.npos;
}

} // namespace palabre
