#include "app/administrators.hpp"

#include "app/asking.hpp"
#include "app/erasure.hpp"
#include "events/streams.hpp"
#include "projections/users.hpp"

#include <algorithm>

namespace palabre::app {
namespace {

bool is_configured(const administration& ground, const std::string& login) {
  return std::find(ground.configured.begin(), ground.configured.end(), login) != ground.configured.end();
}

/// Nobody has the rights to make others administrators: whoever holds the data directory has, and is no user.
actors::user_request request_for(user_id user, standing to) {
  actors::user_request request;
  request.user = user;
  if (to == standing::administrator)
    request.command = events::promote_user{};
  else
    request.command = events::demote_user{};
  request.origin = {{}, to == standing::administrator ? "promotion" : "demotion", {}};
  return request;
}

error no_account(const std::string& text) {
  return {errc::not_found, "nobody has the login or id " + text +
                               ": they have to register first; a login that nobody has yet can be named in the "
                               "configuration, as [auth] administrators"};
}

/// Those that the configuration names and that no account has.
result<void> add_missing(const administration& ground, std::vector<listed_account>& to) {
  const projections::user_queries users(ground.views);
  for (const std::string& login : ground.configured) {
    PALABRE_TRY(const auto user, users.by_login(events::login_stream(ground.name_key, login)));
    if (!user) to.push_back({login, {}, false, true});
  }
  return success();
}

} // namespace

result<standing_changed> set_standing(const administration& ground, const std::string& text, standing to) {
  PALABRE_TRY(wait_for_views(ground.projector, ground.log.head()));
  const auto who = find_person(ground.views, ground.name_key, text);
  if (!who) return who.error().code == errc::not_found ? no_account(text) : who.error();
  const user_id user = who.value().user;
  PALABRE_TRY(const auto row, projections::user_queries(ground.views).user(user));
  if (!row) return no_account(text);
  const auto done = ask_again(ground.commands, [&]() -> result<actors::user_request> { return request_for(user, to); });
  if (!done) return done.error().code == errc::not_found ? no_account(text) : done.error();
  PALABRE_TRY(wait_for_views(ground.projector, done.value().durable));
  return standing_changed{who.value().description, done.value().count() == 0, is_configured(ground, row->login)};
}

result<account_page> list_accounts(const administration& ground, std::optional<user_id> after, bool administrators) {
  PALABRE_TRY(wait_for_views(ground.projector, ground.log.head()));
  account_page page;
  const auto take = [&](user_id user, const projections::user_row& row) {
    const bool configured = is_configured(ground, row.login);
    if (administrators && !row.administrator && !configured) return true;
    if (page.items.size() == accounts_per_page) {
      page.next = page.items.back().user;
      return false;
    }
    page.items.push_back({row.login, user, row.administrator, configured});
    return true;
  };
  PALABRE_TRY(projections::user_queries(ground.views).accounts(after, take));
  if (page.next) return page;
  PALABRE_TRY(add_missing(ground, page.items));
  return page;
}

} // namespace palabre::app
