#include "app/user_commands.hpp"

#include "app/administrators.hpp"
#include "app/commands.hpp"
#include "app/stopped_store.hpp"

#include <iostream>

namespace palabre::app {
namespace {

/// Whoever knows the accounts here: the server that runs on the data directory, or this process.
class account_book {
public:
  virtual ~account_book() = default;
  /// Errors: as set_standing and list_accounts.
  virtual result<standing_changed> set(const std::string& who, standing to) = 0;
  virtual result<account_page> page(std::optional<user_id> after, bool administrators) = 0;
};

class book_of_server final : public account_book {
public:
  explicit book_of_server(std::string data) : data_(std::move(data)) {}

  result<standing_changed> set(const std::string& who, standing to) override { return ask_standing(data_, who, to); }
  result<account_page> page(std::optional<user_id> after, bool administrators) override {
    return ask_accounts(data_, after, administrators);
  }

private:
  const std::string data_;
};

class book_of_ours final : public account_book {
public:
  explicit book_of_ours(std::unique_ptr<stopped_store> store) : store_(std::move(store)) {}

  result<standing_changed> set(const std::string& who, standing to) override {
    const erasing_ground parts = store_->ground();
    return set_standing(administration_of(parts), who, to);
  }
  result<account_page> page(std::optional<user_id> after, bool administrators) override {
    const erasing_ground parts = store_->ground();
    return list_accounts(administration_of(parts), after, administrators);
  }

private:
  administration administration_of(const erasing_ground& parts) const {
    return {parts.log, parts.views, parts.projector, parts.commands, store_->name_key(), configured_};
  }

  const std::unique_ptr<stopped_store> store_;
  const std::vector<std::string> configured_; ///< none: which file a server would read is not known here
};

result<std::unique_ptr<account_book>> open_book(const std::string& data) {
  if (server_listens(data)) return std::unique_ptr<account_book>(std::make_unique<book_of_server>(data));
  PALABRE_TRY(auto store, stopped_store::open(data));
  return std::unique_ptr<account_book>(std::make_unique<book_of_ours>(std::move(store)));
}

int change(const std::string& data, const std::string& who, standing to) {
  const auto book = open_book(data);
  if (!book) return fail(std::cerr, book.error());
  const auto changed = book.value()->set(who, to);
  if (!changed) return fail(std::cerr, changed.error());
  const bool was_so = changed.value().was_so;
  std::cout << changed.value().who;
  if (to == standing::administrator)
    std::cout << (was_so ? " is an administrator already\n" : " is an administrator now\n");
  else
    std::cout << (was_so ? " was not promoted\n" : " is promoted no more\n");
  if (to == standing::ordinary && changed.value().configured)
    std::cerr << "palabre: the configuration of the server names this login in [auth] administrators: they are an\n"
                 "administrator until it does not, and the server was started again\n";
  return 0;
}

std::string reasons(const listed_account& account) {
  if (account.promoted) return account.configured ? "promoted,configured" : "promoted";
  return account.configured ? "configured" : "-";
}

void print(const std::vector<listed_account>& accounts) {
  for (const listed_account& each : accounts)
    std::cout << (each.user ? to_text(*each.user) : "-") << ' ' << each.login << ' ' << reasons(each) << '\n';
}

int list(const std::string& data, bool administrators) {
  const auto book = open_book(data);
  if (!book) return fail(std::cerr, book.error());
  for (std::optional<user_id> after;;) {
    const auto page = book.value()->page(after, administrators);
    if (!page) return fail(std::cerr, page.error());
    print(page.value().items);
    after = page.value().next;
    if (!after || !std::cout.flush()) return 0;
  }
}

} // namespace

user_commands::user_commands(CLI::App& program) {
  CLI::App* family = program.add_subcommand("user", "say who administrates; while a server runs, too");
  family->require_subcommand(1);
  add(*family, "promote", "make someone an administrator",
      [this] { return change(data_, who_, standing::administrator); })
      ->add_option("login", who_, "their login, or their id")
      ->required();
  add(*family, "demote", "take it from them", [this] { return change(data_, who_, standing::ordinary); })
      ->add_option("login", who_, "their login, or their id")
      ->required();
  add(*family, "list", "print every account: id, login, and what makes it an administrator", [this] {
    return list(data_, administrators_);
  })->add_flag("--administrators", administrators_, "only administrators");
}

CLI::App* user_commands::add(CLI::App& family, const std::string& name, const std::string& help,
                             std::function<int()> run) {
  CLI::App* command = family.add_subcommand(name, help);
  command->add_option("--data", data_, "the data directory")->capture_default_str();
  starts(command, std::move(run));
  return command;
}

} // namespace palabre::app
