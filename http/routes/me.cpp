// One's own profile and password, and the profiles of others.

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/hasher.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/entity_tag.hpp"
#include "http/routes/own_commands.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct profile_body {
  static constexpr std::string_view shape_name = "ProfileChange";
  static constexpr std::string_view example =
      R"({"display_name":"Ada L.","city":"London","interests":["mathematics"]})";
  replaced<line<1, limits::display_name_code_points_max, "display_name_code_points">> display_name;
  patched<url_text> avatar_url;
  patched<text<0, limits::bio_code_points_max, "bio_code_points">> bio;
  patched<line<0, limits::label_code_points_max, "city_code_points">> city;
  patched<list<line<1, limits::label_code_points_max, "interest_code_points">, limits::interests_max, "interests">>
      interests;
};
BOOST_DESCRIBE_STRUCT(profile_body, (), (display_name, avatar_url, bio, city, interests))

struct password_body {
  static constexpr std::string_view shape_name = "PasswordChange";
  static constexpr std::string_view example =
      R"({"current_password":"correct horse battery","new_password":"staple of the trade"})";
  secret_text<0, limits::password_bytes_max> current_password;
  secret_text<limits::password_bytes_min, limits::password_bytes_max> new_password;
};
BOOST_DESCRIBE_STRUCT(password_body, (), (current_password, new_password))

constexpr int profile_tries_max = 5; // two changes of one profile at the same moment are rare, five in a row absurd

template <class Text>
void apply(std::optional<std::string>& to, const patched<Text>& change) {
  if (!change.present) return;
  to = change.value ? std::optional{change.value->value} : std::nullopt;
}

events::user_profile changed(events::user_profile profile, const profile_body& body) {
  if (body.display_name.value) profile.display_name = {body.display_name.value->value};
  apply(profile.avatar_url.value, body.avatar_url);
  apply(profile.bio.value, body.bio);
  apply(profile.city.value, body.city);
  if (!body.interests.present) return profile;
  profile.interests.value.clear();
  if (body.interests.value)
    for (const auto& interest : body.interests.value->value) profile.interests.value.push_back(interest.value);
  return profile;
}

/// From views that have reached the log's head. Errors: unauthenticated: the account is gone; those of the views.
awaitable<result<projections::user_row>> my_row(services& s, user_id user) {
  PALABRE_CO_TRY(co_await wait_for_head(s));
  PALABRE_CO_TRY(auto row, s.users.user(user));
  if (!row) co_return error{errc::unauthenticated, "this account is gone"};
  co_return std::move(*row);
}

awaitable<answer_or_problem> get_me(services& s, call& c) {
  const auto row = co_await my_row(s, c.user());
  if (!row) co_return problem_of(row.error());
  co_return tagged_answer(c, row.value().profile_seq, render_user(c.user(), row.value(), profile_of::self));
}

awaitable<answer_or_problem> answer_me(services& s, call& c, actors::outcome done) {
  const auto seen = co_await wait_for_views(s.views, done.durable);
  if (!seen) co_return problem_of(seen.error());
  const auto row = s.users.user(c.user());
  if (!row) co_return problem_of(row.error());
  if (!row.value()) co_return problem_of({errc::unauthenticated, "this account is gone"});
  answer a = tagged_answer(c, row.value()->profile_seq, render_user(c.user(), *row.value(), profile_of::self));
  add_outcome(a, done);
  co_return a;
}

awaitable<answer_or_problem> patch_me(services& s, call& c) {
  const auto parsed = parse_body<profile_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const auto& body = std::get<profile_body>(parsed);
  for (int tries = 1;; ++tries) {
    const auto row = co_await my_row(s, c.user());
    if (!row) co_return problem_of(row.error());
    if (!allows_change(c.if_match, row.value().profile_seq)) co_return changed_meanwhile();
    events::change_profile change;
    change.profile = changed(row.value().profile, body);
    change.based_on = row.value().profile;
    events::user_command command = std::move(change);
    auto asking = ask_own(s, c, std::move(command));
    auto done = co_await std::move(asking);
    if (done) {
      auto answering = answer_me(s, c, std::move(done.value()));
      co_return co_await std::move(answering);
    }
    if (done.error().code != errc::stale_facts || tries == profile_tries_max) co_return problem_of(done.error());
  }
}

/// nullopt: it is theirs. Tries count with those to log in: a token that was stolen gives no more of them.
awaitable<std::optional<problem>> wrong_with_password(services& s, call& c, std::string given, std::string hash) {
  const auto row = s.users.user(c.user());
  if (!row) co_return problem_of(row.error());
  if (!row.value()) co_return problem_of({errc::unauthenticated, "this account is gone"});
  const uuid account = events::login_stream(s.name_key, row.value()->login).id;
  rate_limits& rates = c.of->rates();
  if (auto refusal = rates.before_login(account, c.address, std::chrono::steady_clock::now(), &c.rate))
    co_return std::move(*refusal);
  auto verifying = s.hasher.verify(std::move(given), std::move(hash));
  const auto right = co_await std::move(verifying);
  if (!right) co_return problem_of(right.error());
  rates.after_login(account, c.address, right.value(), std::chrono::steady_clock::now());
  if (right.value()) co_return std::nullopt;
  // Not 401: the access token is good, and a client that sees 401 would only fetch another one.
  co_return bad_field("/current_password", "wrong_password", "this is not your current password");
}

awaitable<answer_or_problem> put_password(services& s, call& c) {
  auto parsed = parse_body<password_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<password_body>(parsed);
  const auto seen = co_await wait_for_head(s);
  if (!seen) co_return problem_of(seen.error());
  const auto credential = s.users.credential(c.user());
  if (!credential) co_return problem_of(credential.error());
  if (!credential.value()) co_return problem_of({errc::unauthenticated, "this account is gone"});
  std::string known = credential.value()->password_hash;
  auto proving = wrong_with_password(s, c, std::move(body.current_password.value), std::move(known));
  auto wrong = co_await std::move(proving);
  if (wrong) co_return std::move(*wrong);
  auto hashing = s.hasher.hash(std::move(body.new_password.value));
  auto hash = co_await std::move(hashing);
  if (!hash) co_return problem_of(hash.error());
  events::change_password change;
  change.password_hash = std::move(hash.value());
  change.kept = c.who->session;
  change.proved_at = credential.value()->proved_at;
  events::user_command command = std::move(change);
  auto asking = ask_own(s, c, std::move(command));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  // The journal's listener may come after this answer: no token of an ended session may be good by then.
  if (const auto& batch = done.value().appended.batch) s.tokens.hear(*batch);
  co_return written(204, {}, done.value());
}

awaitable<answer_or_problem> get_user(services& s, call& c) {
  const auto user = user_id::parse(c.captures[0]);
  if (!user) co_return problem_of({errc::not_found, "there is no such user"});
  const auto row = s.users.user(*user);
  if (!row) co_return problem_of(row.error());
  if (!row.value()) co_return problem_of({errc::not_found, "there is no such user"});
  co_return tagged_answer(c, row.value()->profile_seq, render_user(*user, *row.value(), profile_of::other));
}

} // namespace

std::span<const route> me_routes() {
  static constexpr std::string_view tag = "People";
  static constexpr route rows[] = {
      {.name = "get_me",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/me",
       .needs = access::user,
       .run = get_me,
       .summary = "Your profile.",
       .gives = answers_a<me_answer>,
       .tagged = true},
      {.name = "change_me",
       .tag = tag,
       .method = verb::patch,
       .path = "/api/v1/me",
       .needs = access::user,
       .run = patch_me,
       .summary = "Change your profile. Fields that are left out stay, null empties. If-Match with an ETag refuses to "
                  "overwrite (412).",
       .gives = answers_a<me_answer>,
       .takes = takes_a<profile_body>,
       .tagged = true},
      {.name = "change_password",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/me/password",
       .needs = access::user,
       .run = put_password,
       .summary = "Change your password. All your other sessions end.",
       .takes = takes_a<password_body>,
       .refuses = {"conflict"},
       .rate = rate_class::log_in},
      {.name = "get_user",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/users/{id}",
       .needs = access::user,
       .run = get_user,
       .summary = "The profile of a user.",
       .gives = answers_a<user_answer>,
       .tagged = true},
  };
  return rows;
}

} // namespace palabre::http
