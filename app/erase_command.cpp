#include "app/erase_command.hpp"

#include "app/commands.hpp"
#include "app/control_socket.hpp"
#include "app/stopped_store.hpp"

#include <unistd.h>

namespace palabre::app {
namespace {

/// Whoever can erase here: the server that runs on the data directory, or this process.
class eraser {
public:
  virtual ~eraser() = default;
  /// Errors: not_found, io, corrupt.
  virtual result<found_person> find(const std::string& text) = 0;
  virtual result<erasure> erase(user_id user) = 0;
};

class by_server final : public eraser {
public:
  explicit by_server(std::string data) : data_(std::move(data)) {}

  result<found_person> find(const std::string& text) override {
    PALABRE_TRY(const std::string answer, ask({{"user", text}, {"look", "yes"}}));
    return parse_found_person(answer);
  }
  result<erasure> erase(user_id user) override {
    PALABRE_TRY(const std::string answer, ask({{"user", to_text(user)}}));
    return parse_erasure(answer);
  }

private:
  result<std::string> ask(const control_arguments& arguments) const {
    const auto patient = [](std::uint64_t, std::uint64_t, std::string_view) { return true; };
    PALABRE_TRY(const auto answer, ask_control(data_, "erase", arguments, patient));
    if (!answer) return error{errc::io, "the server went away"};
    return *answer;
  }

  const std::string data_;
};

class by_ourselves final : public eraser {
public:
  explicit by_ourselves(std::unique_ptr<stopped_store> store) : store_(std::move(store)) {}

  /// The views may be behind the log, after a crash.
  result<found_person> find(const std::string& text) override {
    const erasing_ground ground = store_->ground();
    PALABRE_TRY(wait_for_views(ground.projector, ground.log.head()));
    return find_person(ground.views, store_->name_key(), text);
  }
  result<erasure> erase(user_id user) override { return erase_user(store_->ground(), user); }

private:
  const std::unique_ptr<stopped_store> store_;
};

result<std::unique_ptr<eraser>> eraser_for(const std::string& data) {
  if (server_listens(data)) return std::unique_ptr<eraser>(std::make_unique<by_server>(data));
  PALABRE_TRY(auto store, stopped_store::open(data));
  return std::unique_ptr<eraser>(std::make_unique<by_ourselves>(std::move(store)));
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
    : command_(program.add_subcommand("erase", "erase a person: what they are called and what they wrote; while a "
                                               "server runs, too")) {
  command_->add_option("--data", data_, "the data directory")->capture_default_str();
  command_->add_option("--user", user_, "the person's login, or their id")->required();
  command_->add_flag("--yes", yes_, "do not ask");
}

int erase_command::run(std::istream& in, std::ostream& out, std::ostream& errors) {
  if (!yes_ && !::isatty(STDIN_FILENO)) {
    errors << "palabre: erase asks before it does anything, and there is nobody to ask: add --yes\n";
    return 2;
  }
  auto by = eraser_for(data_);
  if (!by) return fail(errors, by.error());
  const auto who = by.value()->find(user_);
  if (!who) return fail(errors, who.error());
  if (!yes_ && !confirmed(in, out, who.value().description)) {
    errors << "palabre: nothing was done\n";
    return 2;
  }
  const auto done = by.value()->erase(who.value().user);
  if (!done) return fail(errors, done.error());
  out << "erased " << to_text(done.value().user) << ": key " << done.value().key_id << " destroyed, "
      << done.value().rooms_left << " rooms left, " << done.value().rooms_owned << " rooms owned stay\n";
  if (!done.value().was_unsealed) return 0;
  errors
      << "palabre: this account is older than sealing: what it wrote until then stands in the log as it was, and no\n"
         "command can take it out of there\n";
  return 1;
}

} // namespace palabre::app
