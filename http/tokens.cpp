#include "http/tokens.hpp"

#include "base/assert.hpp"
#include "events/user.hpp"
#include "http/verified_tokens.hpp"

#include <jwt.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace palabre::http {
namespace {

using jwt_ptr = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

constexpr std::size_t token_bytes_min = 64, token_bytes_max = 2'048; // ours have about 300
constexpr std::int64_t remembered_ms_min = 24 * 3'600'000;           // of ended sessions, if tokens live shorter

bool has_length_of_a_token(std::string_view text) {
  return text.size() >= token_bytes_min && text.size() <= token_bytes_max;
}

bool has_letters_of_a_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

template <class Id>
std::optional<Id> id_grant(jwt_t* token, const char* name) {
  const char* text = jwt_get_grant(token, name);
  return text ? Id::parse(text) : std::nullopt;
}

const unsigned char* bytes_of(const std::string& key) {
  return reinterpret_cast<const unsigned char*>(key.data());
}

/// Checks everything but the time and the session.
result<access_claims> read_token(const std::string& token, const std::string& key) {
  jwt_t* raw = nullptr;
  if (jwt_decode(&raw, token.c_str(), bytes_of(key), static_cast<int>(key.size())) != 0)
    return error{errc::unauthenticated, "the access token is not valid"};
  const jwt_ptr parsed(raw, &jwt_free);
  const auto user = id_grant<user_id>(raw, "sub");
  const auto session = id_grant<session_id>(raw, "sid");
  const std::int64_t expires = jwt_get_grant_int(raw, "exp");
  // libjwt takes HS384 and HS512 with the same key as well.
  if (jwt_get_alg(raw) != JWT_ALG_HS256 || !user || !session || expires <= 0 || expires > 253'402'300'799)
    return error{errc::unauthenticated, "the access token is not one of this server"};
  return access_claims{*user, *session, timestamp{expires * 1'000}};
}

} // namespace

struct token_authority::state {
  state(std::string signing_key, const clock& clock) : key(std::move(signing_key)), time(clock) {}

  bool has_ended(session_id session) {
    const std::shared_lock lock(mutex);
    return ended.contains(session);
  }

  const std::string key;
  const clock& time;
  system_randomness random;
  verified_tokens verified;
  std::atomic<std::int64_t> longest_life_ms{remembered_ms_min};
  std::atomic<bool> held{false};

  std::shared_mutex mutex;
  std::unordered_map<session_id, timestamp> ended; // by mutex: until when it is remembered
  std::size_t clean_at = 1'024;                    // by mutex
};

token_authority::token_authority(std::string signing_key, const clock& time)
    : state_(std::make_unique<state>(std::move(signing_key), time)) {
  PALABRE_ASSERT(state_->key.size() >= 32);
}

token_authority::~token_authority() = default;

std::string token_authority::issue(const access_claims& claims) const {
  const timestamp now = state_->time.now();
  if (const std::int64_t life = claims.expires_at.ms - now.ms; life > state_->longest_life_ms.load())
    state_->longest_life_ms.store(life);

  jwt_t* raw = nullptr;
  PALABRE_ASSERT(jwt_new(&raw) == 0);
  const jwt_ptr token(raw, &jwt_free);
  int failed = jwt_add_grant(raw, "sub", to_text(claims.user).c_str());
  failed |= jwt_add_grant(raw, "sid", to_text(claims.session).c_str());
  failed |= jwt_add_grant(raw, "jti", to_text(state_->random.next_id(now)).c_str());
  failed |= jwt_add_grant_int(raw, "iat", now.ms / 1'000);
  failed |= jwt_add_grant_int(raw, "exp", claims.expires_at.ms / 1'000);
  failed |= jwt_set_alg(raw, JWT_ALG_HS256, bytes_of(state_->key), static_cast<int>(state_->key.size()));
  PALABRE_ASSERT(failed == 0);
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), &std::free);
  PALABRE_ASSERT(text != nullptr);
  return text.get();
}

result<access_claims> token_authority::verify(std::string_view token) const {
  const auto not_valid = [] { return error{errc::unauthenticated, "the access token is not valid"}; };
  if (!has_length_of_a_token(token)) return not_valid();
  const timestamp now = state_->time.now();
  auto claims = state_->verified.find(token);
  if (!claims) {
    if (!has_letters_of_a_token(token)) return not_valid();
    const std::string text(token); // libjwt wants it terminated
    PALABRE_TRY(claims, read_token(text, state_->key));
    if (claims->expires_at > now) state_->verified.remember(text, *claims, now);
  }
  if (claims->expires_at <= now) return error{errc::token_expired, "the access token has expired"};
  if (state_->held.load(std::memory_order_acquire))
    return error{errc::unavailable, "the server is starting and does not know yet which sessions have ended"};
  if (state_->has_ended(claims->session)) return error{errc::unauthenticated, "the session has ended"};
  return *claims;
}

void token_authority::hold() {
  state_->held.store(true);
}

void token_authority::release() {
  state_->held.store(false, std::memory_order_release);
}

void token_authority::end_session(session_id session) {
  const timestamp now = state_->time.now();
  const std::unique_lock lock(state_->mutex);
  state_->ended[session] = timestamp{now.ms + state_->longest_life_ms.load()};
  if (state_->ended.size() < state_->clean_at) return;
  std::erase_if(state_->ended, [&](const auto& entry) { return entry.second <= now; });
  state_->clean_at = std::max<std::size_t>(1'024, state_->ended.size() * 2);
}

bool token_authority::has_ended(session_id session) const {
  return state_->has_ended(session);
}

void token_authority::hear(const storage::committed_batch& batch) {
  for (const storage::committed_record& record : batch.records) {
    if (record.view.type != events::session_closed::type.name) continue;
    const auto closed = events::decode_as<events::session_closed>(record.view.schema, record.view.payload);
    PALABRE_ASSERT(closed.has_value()); // this process has just encoded it
    end_session(closed.value().session);
  }
}

refresh_token make_refresh_token(user_id user, session_id session, randomness& random) {
  std::string bytes;
  append_bytes(bytes, user);
  append_bytes(bytes, session);
  std::uint8_t secret[32];
  random.fill(secret, sizeof secret);
  bytes.append(reinterpret_cast<const char*>(secret), sizeof secret);
  std::string text = to_base64url(bytes);
  std::string hash = to_hex(as_bytes(sha256(text)));
  return {user, session, std::move(text), std::move(hash)};
}

result<refresh_token> parse_refresh_token(std::string_view text) {
  const std::string bytes = text.size() == 86 ? from_base64url(text) : std::string{};
  if (bytes.size() != 64) return error{errc::unauthenticated, "the refresh token is not valid"};
  refresh_token token;
  token.user = user_id{uuid_from_bytes(bytes.data())};
  token.session = session_id{uuid_from_bytes(bytes.data() + 16)};
  token.text = text;
  token.hash = to_hex(as_bytes(sha256(text)));
  return token;
}

} // namespace palabre::http
