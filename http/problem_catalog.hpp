#pragma once
// Every `code` that an answer can carry: the one place from which answers, the API's own description and docs/errors.md
// take status and words.

#include <algorithm>
#include <string_view>

namespace palabre::http {

struct problem_kind {
  std::string_view code; ///< stable
  int status;
  std::string_view detail; ///< for a human, where the answer has nothing more precise to say
  std::string_view remedy; ///< what a client does about it
  bool retryable = false;
};

namespace problems {

inline constexpr std::string_view again =
    "Try again after `Retry-After`; with the same Idempotency-Key nothing is done twice.";
inline constexpr std::string_view authenticate =
    "Get an access token by POST /api/v1/auth/login or /api/v1/auth/refresh.";
inline constexpr std::string_view read_anew = "Read the resource again and decide anew.";
inline constexpr std::string_view mend_request = "Mend the request; `detail` says what is wrong.";
inline constexpr std::string_view mend_fields =
    "Mend what `errors` names: each has a JSON pointer, a code and a detail.";

inline constexpr problem_kind kinds[] = {
    {"malformed_request", 400, "the request is not HTTP as it should be", mend_request},
    {"malformed_json", 400, "the request does not parse", mend_request},
    {"format_not_supported", 400, "only the JSON format is spoken here", "Connect without `?format=protobuf`."},
    {"unauthenticated", 401, "a valid access token is needed", authenticate},
    {"token_expired", 401, "the token has expired", "Refresh it: POST /api/v1/auth/refresh."},
    {"wrong_credentials", 401, "login or password is wrong", "Ask for them again."},
    {"forbidden", 403, "this is not allowed here", "Join the room, or ask someone with a higher role."},
    {"not_a_member", 403, "only members may do this", "Join the room first."},
    {"banned", 403, "this room does not want you", "Wait until the ban ends, or ask its moderators."},
    {"muted", 403, "you may not write in this room for now", "Wait until the mute ends, or ask its moderators."},
    {"origin_not_allowed", 403, "realtime connections are not for pages of this origin",
     "Serve the page from the server's own origin, or add its origin to `[server] allowed_origins`."},
    {"not_found", 404, "there is no such thing here", "It is not there, or not for you to know."},
    {"method_not_allowed", 405, "this path does not have this method", "Use one that `Allow` names."},
    {"request_timeout", 408, "the request did not arrive in time", again, true},
    {"conflict", 409, "this conflicts with what is there", read_anew},
    {"login_taken", 409, "this login is taken", "Choose another login, or log in if it is yours."},
    {"room_archived", 409, "the room is archived", "It can be read; its owner can restore it."},
    {"owner_must_transfer", 409, "the owner hands the room over before leaving", "Transfer the room, or archive it."},
    {"message_deleted", 409, "the message is deleted", "Nothing more can be done to it."},
    {"position_unknown", 409, "this position lies beyond the last event", "Load the room anew and go on from there."},
    {"version_mismatch", 412, "it has changed since it was read", "Read it again, merge, and send the new ETag."},
    {"payload_too_large", 413, "the body is too large", "Send less: the bound stands in `detail`."},
    {"target_too_long", 414, "the path and query are too long", "Send less: the bound stands in `detail`."},
    {"unsupported_media_type", 415, "the body has to be application/json",
     "Send `Content-Type: application/json`, and JSON."},
    {"expectation_failed", 417, "only 100-continue can be expected", "Leave `Expect` out."},
    {"validation_failed", 422, "the request is not valid", mend_fields},
    {"limit_exceeded", 422, "a bound is exceeded", "Stay within the bound that `detail` and `errors` name."},
    {"idempotency_key_reused", 422, "this key came before with another body",
     "Use a new key for a new request, the old one only to repeat the old one."},
    {"upgrade_required", 426, "this path speaks WebSocket, version 13", "Connect with a WebSocket client."},
    {"rate_limited", 429, "too many requests", "Wait for `Retry-After` seconds.", true},
    {"slow_mode", 429, "members of this room wait between two posts", "Wait for `Retry-After` seconds.", true},
    {"headers_too_large", 431, "the headers are too large", "Send less: the bound stands in `detail`."},
    {"internal", 500, "the server failed; the request id finds the reason in its log",
     "Tell whoever runs the server the `request_id`."},
    {"not_implemented", 501, "no resource here has this method", "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."},
    {"stale_facts", 503, "too much has changed meanwhile: try again", again, true},
    {"overloaded", 503, "too much is in flight: try again", again, true},
    {"not_yet", 503, "the answer is not ready yet: try again", again, true},
    {"unavailable", 503, "the server does not take this now: try again", again, true},
    {"abandoned", 503, "the request was not answered: try again", again, true},
    {"http_version_not_supported", 505, "HTTP/1.1 and HTTP/1.0 are spoken here", "Speak HTTP/1.1."},
};
static_assert(std::ranges::is_sorted(kinds, {}, &problem_kind::status));

} // namespace problems

/// The name of a code of the catalog: another one does not compile.
struct problem_code {
  std::string_view text;

  constexpr problem_code() = default;
  consteval problem_code(const char* code) : text(code) {
    if (std::ranges::find(problems::kinds, text, &problem_kind::code) == std::end(problems::kinds))
      throw "not in the catalog";
  }
};

/// Requires: the code is in the catalog.
const problem_kind& problem_kind_of(std::string_view code);
/// "Not Found": the reason phrase of HTTP; empty: we know none.
std::string_view title_of(int status);

} // namespace palabre::http
