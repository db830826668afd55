// Accounts and sessions: register, log in, refresh, log out. Passwords and tokens are hashed before they leave this
// file.

#include "base/limits.hpp"
#include "events/refusals.hpp"
#include "events/streams.hpp"
#include "http/ask.hpp"
#include "http/hasher.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// What it must be made of is looked at later, in its own words.
struct login_text : ascii_text<limits::login_bytes_min, limits::login_bytes_max, "login_bytes"> {
  static std::string schema() {
    return shapes::string(code_points_min, code_points_max, R"("pattern":"^[A-Za-z0-9_.-]+$")");
  }
  static constexpr std::size_t code_points_min = limits::login_bytes_min, code_points_max = limits::login_bytes_max;
};

struct register_body {
  static constexpr std::string_view shape_name = "Registration";
  static constexpr std::string_view example =
      R"({"login":"ada","password":"correct horse battery","display_name":"Ada"})";
  login_text login;
  secret_text<limits::password_bytes_min, limits::password_bytes_max> password;
  std::optional<line<1, limits::display_name_code_points_max, "display_name_code_points">> display_name;
  std::optional<email_text> email;
};
BOOST_DESCRIBE_STRUCT(register_body, (), (login, password, display_name, email))

/// Wider than what registers: whatever is no login is answered like one that nobody has.
struct login_body {
  static constexpr std::string_view shape_name = "Credentials";
  static constexpr std::string_view example = R"({"login":"ada","password":"correct horse battery"})";
  text<0, limits::email_bytes_max, "login_code_points"> login;
  secret_text<0, limits::password_bytes_max> password;
};
BOOST_DESCRIBE_STRUCT(login_body, (), (login, password))

struct refresh_body {
  static constexpr std::string_view shape_name = "RefreshToken";
  static constexpr std::string_view example = R"({"refresh_token":"r1.AZLwwXo-fMCNIV8OS5psEQ.c2VjcmV0"})";
  ascii_text<1, 512, "refresh_token_bytes"> refresh_token;
};
BOOST_DESCRIBE_STRUCT(refresh_body, (), (refresh_token))

/// A session about to be opened: what the log keeps of it, and what the client gets.
struct new_session {
  events::session_opened opened;
  refresh_token token;
};

new_session make_session(services& s, user_id user) {
  const timestamp now = s.time.now();
  const session_id session{s.random.next_id(now)};
  new_session made{{}, make_refresh_token(user, session, s.random)};
  made.opened.session = session;
  made.opened.token_hash = {made.token.hash};
  made.opened.expires_at = {now.ms + s.settings.refresh_token_ttl.count() * 1000};
  return made;
}

/// {user, access_token, refresh_token, token_type, expires_in}
answer session_answer(services& s, int status, const projections::user_row& row, const refresh_token& token,
                      const actors::outcome& done) {
  access_claims claims;
  claims.user = token.user;
  claims.session = token.session;
  claims.expires_at = {s.time.now().ms + s.settings.access_token_ttl.count() * 1000};
  std::string body = "{\"user\":" + render_user(token.user, row, profile_of::self);
  body += ",\"access_token\":";
  append_json_string(body, s.tokens.issue(claims));
  body += ",\"refresh_token\":";
  append_json_string(body, token.text);
  body += ",\"token_type\":\"Bearer\",\"expires_in\":";
  append_json_int(body, s.settings.access_token_ttl.count());
  body += '}';
  answer a = written(status, std::move(body), done);
  a.headers.emplace_back("Cache-Control", "no-store");
  a.holds_secrets = true;
  return a;
}

problem login_taken() {
  return problem_of({errc::login_taken, "this login is taken: choose another one, or log in if it is yours"});
}

actors::user_request request_of(const call& c, user_id user, events::user_command command) {
  actors::user_request request;
  request.user = user;
  request.command = std::move(command);
  request.origin = {user, c.correlation(), {}};
  return request;
}

projections::user_row row_of(const events::register_user& command) {
  projections::user_row row;
  row.login = command.login;
  row.email = command.email;
  row.profile = command.profile;
  return row;
}

awaitable<answer_or_problem> register_account(services& s, call& c) {
  auto parsed = parse_body<register_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<register_body>(parsed);
  auto login = events::canonical_login(body.login.value);
  if (!login) co_return bad_field("/login", "not_a_login", "3 to 32 of the letters a to z, digits, and _ . -");

  events::register_user command;
  command.login_stream = events::login_stream(s.name_key, *login);
  const auto seen = co_await wait_for_head(s);
  if (!seen) co_return problem_of(seen.error());
  const auto holder = s.users.by_login(command.login_stream);
  if (!holder) co_return problem_of(holder.error());
  if (holder.value()) co_return login_taken(); // before the hash, which is the expensive part

  auto hashing = s.hasher.hash(std::move(body.password.value));
  auto hash = co_await std::move(hashing);
  if (!hash) co_return problem_of(hash.error());
  const user_id user{s.random.next_id(s.time.now())};
  const new_session session = make_session(s, user);
  command.profile.display_name = {body.display_name ? std::move(body.display_name->value) : *login};
  command.login = std::move(*login);
  if (body.email) command.email = std::move(body.email->value);
  command.password_hash = std::move(hash.value());
  command.session = session.opened;
  projections::user_row row = row_of(command);

  actors::user_request request = request_of(c, user, std::move(command));
  auto asking = ask(s.commands, std::move(request));
  const auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::version_mismatch) co_return login_taken();
  if (!done) co_return problem_of(done.error());
  row.created_at = done.value()[0].view.time;
  co_return session_answer(s, 201, row, session.token, done.value());
}

/// What tries to log in are counted by: for what nobody is called as for what somebody is.
uuid account_key(const services& s, const std::string& given) {
  const auto login = events::canonical_login(given);
  return events::login_stream(s.name_key, login ? *login : given).id;
}

/// Whose password it is, once it is proved.
struct proof {
  user_id user;
  stream_version proved_at = 0;
};

/// Errors: wrong_credentials, after the same time whether the login or the password is wrong; those of the hasher and
/// the views.
awaitable<result<proof>> prove(services& s, login_body body) {
  PALABRE_CO_TRY(co_await wait_for_head(s));
  std::optional<user_id> user;
  if (const auto login = events::canonical_login(body.login.value)) {
    PALABRE_CO_TRY(user, s.users.by_login(events::login_stream(s.name_key, *login)));
  }
  projections::credential_row credential;
  if (user) {
    PALABRE_CO_TRY(auto found, s.users.credential(*user));
    if (found) credential = std::move(*found);
  }
  auto verifying = s.hasher.verify(std::move(body.password.value), std::move(credential.password_hash));
  PALABRE_CO_TRY(const bool right, co_await std::move(verifying));
  if (!right || !user) co_return error{errc::wrong_credentials, {}};
  proof p;
  p.user = *user;
  p.proved_at = credential.proved_at;
  co_return p;
}

/// The answer to a session that was opened or refreshed; its user may be newer than the views.
awaitable<answer_or_problem> answer_session(services& s, refresh_token token, actors::outcome done) {
  const auto seen = co_await wait_for_views(s.views, done.durable);
  if (!seen) co_return problem_of(seen.error());
  const auto row = s.users.user(token.user);
  if (!row) co_return problem_of(row.error());
  if (!row.value()) co_return problem_of({errc::unauthenticated, "this account is gone"});
  co_return session_answer(s, 200, *row.value(), token, done);
}

awaitable<answer_or_problem> log_in(services& s, call& c) {
  auto parsed = parse_body<login_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  const uuid account = account_key(s, std::get<login_body>(parsed).login.value);
  rate_limits& rates = c.of->rates();
  if (auto refusal = rates.before_login(account, c.address, std::chrono::steady_clock::now(), &c.rate))
    co_return std::move(*refusal);
  auto proving = prove(s, std::move(std::get<login_body>(parsed)));
  auto proved = co_await std::move(proving);
  if (proved || proved.error().code == errc::wrong_credentials)
    rates.after_login(account, c.address, proved.has_value(), std::chrono::steady_clock::now());
  if (!proved) co_return problem_of(proved.error());
  new_session session = make_session(s, proved.value().user);
  events::open_session command;
  command.session = session.opened;
  command.proved_at = proved.value().proved_at;
  actors::user_request request = request_of(c, proved.value().user, std::move(command));
  auto asking = ask(s.commands, std::move(request));
  auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::not_found) // erased since
    co_return problem_of({errc::wrong_credentials, {}});
  if (!done) co_return problem_of(done.error());
  auto answering = answer_session(s, std::move(session.token), std::move(done.value()));
  co_return co_await std::move(answering);
}

/// A token of someone who never was proves as little as one that was made up.
problem refused_token(const error& e) {
  if (e.code != errc::not_found) return problem_of(e);
  return problem_of({errc::unauthenticated, "this refresh token proves nothing: log in again"});
}

/// A token that comes twice has ended its session. The journal's listener may hear of it after the answer: no access
/// token of the session may be good by then.
problem refused_token(services& s, session_id session, const error& e) {
  if (e.context == events::token_was_used_before) s.tokens.end_session(session);
  return refused_token(e);
}

awaitable<answer_or_problem> refresh(services& s, call& c) {
  auto parsed = parse_body<refresh_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  const auto presented = parse_refresh_token(std::get<refresh_body>(parsed).refresh_token.value);
  if (!presented) co_return problem_of(presented.error());
  refresh_token next = make_refresh_token(presented.value().user, presented.value().session, s.random);
  events::refresh_session command;
  command.session = next.session;
  command.presented_hash = presented.value().hash;
  command.next_hash = next.hash;
  command.next_expires_at = {s.time.now().ms + s.settings.refresh_token_ttl.count() * 1000};
  actors::user_request request = request_of(c, next.user, std::move(command));
  auto asking = ask(s.commands, std::move(request));
  auto done = co_await std::move(asking);
  if (!done) co_return refused_token(s, next.session, done.error());
  auto answering = answer_session(s, std::move(next), std::move(done.value()));
  co_return co_await std::move(answering);
}

awaitable<answer_or_problem> log_out(services& s, call& c) {
  auto parsed = parse_body<refresh_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  const auto presented = parse_refresh_token(std::get<refresh_body>(parsed).refresh_token.value);
  if (!presented) co_return problem_of(presented.error());
  events::close_session command;
  command.session = presented.value().session;
  command.presented_hash = presented.value().hash;
  actors::user_request request = request_of(c, presented.value().user, std::move(command));
  auto asking = ask(s.commands, std::move(request));
  const auto done = co_await std::move(asking);
  if (!done) co_return refused_token(s, presented.value().session, done.error());
  s.tokens.end_session(presented.value().session);
  co_return written(204, {}, done.value());
}

} // namespace

std::span<const route> auth_routes() {
  static constexpr std::string_view tag = "Identity";
  static constexpr route rows[] = {
      {.name = "register",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/auth/register",
       .needs = access::anyone,
       .run = register_account,
       .summary = "Make an account, and its first session.",
       .gives = makes_a<opened_session>,
       .takes = takes_a<register_body>,
       .refuses = {"login_taken"},
       .rate = rate_class::register_},
      {.name = "log_in",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/auth/login",
       .needs = access::anyone,
       .run = log_in,
       .summary = "Open a session.",
       .gives = answers_a<opened_session>,
       .takes = takes_a<login_body>,
       .refuses = {"wrong_credentials", "unauthenticated"},
       .rate = rate_class::log_in},
      {.name = "refresh",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/auth/refresh",
       .needs = access::anyone,
       .run = refresh,
       .summary = "Exchange a refresh token for new tokens. A token that comes twice ends its session.",
       .gives = answers_a<opened_session>,
       .takes = takes_a<refresh_body>,
       .refuses = {"unauthenticated", "token_expired"}},
      {.name = "log_out",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/auth/logout",
       .needs = access::anyone,
       .run = log_out,
       .summary = "End the session of a refresh token.",
       .takes = takes_a<refresh_body>,
       .refuses = {"unauthenticated", "token_expired"}},
  };
  return rows;
}

} // namespace palabre::http
