#include "app/erase_command.hpp"

#include "app/commands.hpp"
#include "app/stopped_store.hpp"
#include "projections/profiles.hpp"
#include "projections/users.hpp"

#include <future>
#include <unistd.h>

namespace palabre::app {
namespace {

/// An id, or a login. Errors: not_found.
result<user_id> find_user(stopped_store& store, const std::string& text) {
  if (const auto id = user_id::parse(text)) return *id;
  PALABRE_TRY(const auto found, store.find_login(text));
  if (!found) return error{errc::not_found, "--user " + text + ": nobody has this login; an id does as well"};
  return *found;
}

/// The views may be behind the log, after a crash.
result<void> catch_up(const erasing_ground& ground) {
  std::promise<result<void>> told;
  auto reached = told.get_future();
  ground.projector.when_applied(ground.log.head(), [&](result<void> what) { told.set_value(std::move(what)); });
  return reached.get();
}

result<std::string> name_of(const erasing_ground& ground, user_id user) {
  PALABRE_TRY(const auto row, projections::user_queries(ground.views).user(user));
  return row ? row->login + " (" + to_text(user) + ")" : to_text(user);
}

bool confirmed(std::istream& in, std::ostream& out, const std::string& who) {
  out << "Erasing " << who
      << ":\n"
         "  their sessions end, their login becomes free, they leave every room but those they own;\n"
         "  their profile and every word they wrote can be read nowhere any more, backups restored later included;\n"
         "  that messages were there, when, and by which id, stays: the log is as whole as before.\n"
         "This cannot be undone. Write `erase` to go on: "
      << std::flush;
  std::string answer;
  return std::getline(in, answer) && answer == "erase";
}

} // namespace

erase_command::erase_command(CLI::App& program)
    : command_(program.add_subcommand("erase", "erase a person: what they are called and what they wrote")) {
  command_->add_option("--data", data_, "the data directory of a stopped server")->capture_default_str();
  command_->add_option("--user", user_, "the person's login, or their id")->required();
  command_->add_flag("--yes", yes_, "do not ask");
}

int erase_command::run(std::istream& in, std::ostream& out, std::ostream& errors) {
  if (!yes_ && !::isatty(STDIN_FILENO)) {
    errors << "palabre: erase asks before it does anything, and there is nobody to ask: add --yes\n";
    return 2;
  }
  auto store = stopped_store::open(data_);
  if (!store && store.error().code == errc::io)
    return fail(errors, {errc::io, store.error().context + ". If a server runs on it, stop that first"});
  if (!store) return fail(errors, store.error());
  const erasing_ground ground = store.value()->ground();
  const auto ready = catch_up(ground);
  if (!ready) return fail(errors, ready.error());
  const auto user = find_user(*store.value(), user_);
  if (!user) return fail(errors, user.error());
  const auto who = name_of(ground, user.value());
  if (!who) return fail(errors, who.error());
  if (!yes_ && !confirmed(in, out, who.value())) {
    errors << "palabre: nothing was done\n";
    return 2;
  }
  const auto done = erase_user(ground, user.value());
  if (!done) return fail(errors, done.error());
  out << "erased " << to_text(user.value()) << ": key " << done.value().key_id << " destroyed, "
      << done.value().rooms_left << " rooms left, " << done.value().rooms_owned << " rooms owned stay\n";
  if (!done.value().was_unsealed) return 0;
  errors
      << "palabre: this account is older than sealing: what it wrote until then stands in the log as it was, and no\n"
         "command can take it out of there\n";
  return 1;
}

} // namespace palabre::app
