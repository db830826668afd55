#include "app/seed_command.hpp"

#include "app/commands.hpp"
#include "app/private_file.hpp"
#include "app/seed_progress.hpp"
#include "base/digest.hpp"
#include "base/ids.hpp"
#include "bench/report/columns.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace palabre::app {
namespace {

constexpr const char* password_variable = "PALABRE_SEED_PASSWORD";
constexpr std::size_t password_bytes_min = 8;
constexpr std::size_t rooms_shown = 30, people_shown = 12;

result<std::string> first_line(const std::string& path) {
  const storage::file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return error{errc::io, "--password-file: cannot open " + path + ": " + std::strerror(errno)};
  PALABRE_TRY(const std::string whole, read_private(file, path));
  return whole.substr(0, whole.find('\n'));
}

std::string made_password() {
  system_randomness random;
  std::array<std::uint8_t, 12> bytes{};
  random.fill(bytes.data(), bytes.size());
  return to_base64url(as_bytes(bytes));
}

std::string how_many(std::size_t number, const char* what) {
  return std::to_string(number) + ' ' + what;
}

void print_rooms(const seed::community& whom, const seed::filling& done) {
  const auto line = [](std::string_view name, std::string_view who, std::string_view spoken, std::string_view people,
                       std::string_view messages, std::string_view code) {
    std::cout << "  " << bench::left_in(std::string(name), 28) << bench::left_in(std::string(who), 9)
              << bench::left_in(std::string(spoken), 9) << bench::right_in(std::string(people), 7)
              << bench::right_in(std::string(messages), 10) << "  " << code << '\n';
  };
  line("room", "", "language", "people", "messages", "share code");
  for (std::size_t i = 0; i < done.rooms().size() && i < rooms_shown; ++i) {
    const seed::room_plan& plan = whom.rooms()[i];
    const seed::filled_room& now = done.rooms()[i];
    line(plan.name, plan.is_private ? "private" : "public", seed::name_of(plan.spoken), std::to_string(now.members),
         std::to_string(now.messages), bench::printable(now.share_code));
  }
  if (done.rooms().size() > rooms_shown) std::cout << "  and " << done.rooms().size() - rooms_shown << " more\n";
}

void print_people(const seed::community& whom) {
  for (std::size_t i = 0; i < whom.people().size() && i < people_shown; ++i) {
    const seed::person_plan& each = whom.people()[i];
    std::cout << "  " << bench::left_in(each.login, 32) << each.display_name << ", "
              << (each.speaks_both ? "both languages" : std::string(seed::name_of(each.speaks))) << '\n';
  }
  if (whom.people().size() > people_shown) std::cout << "  and " << whom.people().size() - people_shown << " more\n";
}

} // namespace

seed_command::seed_command(CLI::App& program) {
  using size = seed::community_size;
  CLI::App* command = program.add_subcommand("seed", "fill a running server with an invented community, over its API");
  command->add_option("--url", url_, "where it listens, as http://HOST:PORT")->capture_default_str();
  command
      ->add_option("--seed", size_.seed, "what the community follows from: the same number, the same people and words")
      ->check(CLI::Range(std::uint64_t{0}, size::seed_max))
      ->capture_default_str();
  command->add_option("--users", size_.people, "how many people")
      ->check(CLI::Range(size::people_min, size::people_max))
      ->capture_default_str();
  command->add_option("--rooms", size_.rooms, "how many rooms")
      ->check(CLI::Range(std::size_t{1}, size::rooms_max))
      ->capture_default_str();
  command->add_option("--messages", size_.messages, "how many messages; more than last time goes on from there")
      ->check(CLI::Range(std::size_t{0}, size::messages_max))
      ->capture_default_str();
  command->add_option(
      "--password-file", password_file_,
      "holds everybody's password, and nobody else can read it; without it PALABRE_SEED_PASSWORD counts, "
      "and without both one is made and printed once");
  starts(command, [this] { return fill(); });
}

result<std::optional<std::string>> seed_command::given_password() const {
  std::optional<std::string> given;
  if (!password_file_.empty()) {
    PALABRE_TRY(given, first_line(password_file_));
  } else if (const char* const variable = std::getenv(password_variable)) {
    given = variable;
  }
  if (given && given->size() < password_bytes_min)
    return error{errc::invalid, "the password needs " + std::to_string(password_bytes_min) + " bytes at least"};
  return given;
}

int seed_command::fill() {
  const auto at = bench::parse_url(url_);
  if (!at) return fail_or_misused(std::cerr, at.error());
  const auto given = given_password();
  if (!given) return fail_or_misused(std::cerr, given.error());
  const std::string password = given.value().value_or(made_password());

  seed::community whom(size_);
  seed_progress shown(size_.people, given.value() ? std::nullopt : std::optional(password));
  seed::api_client api(at.value(), shown);
  seed::accounts people(api, whom.people(), password);
  seed::filling filling(whom, people, shown);
  const auto filled = filling.run();
  shown.done();
  if (!filled) {
    fail(std::cerr, filled.error());
    std::cerr << "palabre: what is there stays; the same command goes on from there\n";
    return 1;
  }
  report(whom, filling);
  return 0;
}

void seed_command::report(const seed::community& whom, const seed::filling& done) const {
  const seed::filling_tally& did = done.tally();
  std::cout << "At " << url_ << " there are now, of seed " << size_.seed << ": "
            << how_many(did.people_new + did.people_known, "people, ")
            << how_many(did.rooms_new + did.rooms_known, "rooms, ")
            << how_many(did.messages_new + did.messages_known, "messages (") << how_many(did.edits, "edited, ")
            << how_many(did.removals, "deleted), ") << how_many(did.reactions, "reactions.\n")
            << "New in this run: " << how_many(did.people_new, "people, ") << how_many(did.rooms_new, "rooms, ")
            << how_many(did.messages_new, "messages.\n\n");
  print_rooms(whom, done);
  std::cout << "\nLog in at " << url_ << " as one of them; all have the same password:\n";
  print_people(whom);
}

} // namespace palabre::app
