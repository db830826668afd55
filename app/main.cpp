#include "app/audit_commands.hpp"
#include "app/bench_command.hpp"
#include "app/commands.hpp"
#include "app/describe_command.hpp"
#include "app/erase_command.hpp"
#include "app/keys_command.hpp"
#include "app/rebuild_command.hpp"
#include "app/safekeeping_commands.hpp"
#include "app/secrets.hpp"
#include "app/seed_command.hpp"
#include "app/user_commands.hpp"
#include "http/server/tls_identity.hpp"
#include "palabre_commit.hpp"

#include <CLI/CLI.hpp>
#ifdef PALABRE_MIMALLOC
#include <mimalloc.h>
#endif

#include <iostream>
#include <unistd.h>

using namespace palabre::app;

namespace {

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** variable = environ; *variable; ++variable) all.emplace_back(*variable);
  return all;
}

/// Where settings come from, beside the environment.
struct setting_sources {
  std::string file;
  std::vector<std::string> settings;

  void add_to(CLI::App& command) {
    command.add_option("--config", file, "a TOML file")->check(CLI::ExistingFile);
    command.add_option("--set", settings, "one setting, as auth.access_token_ttl=15m; may be repeated");
  }
  palabre::result<configuration> load() const { return load_configuration(file, environment(), settings); }
};

int show_configuration(const configuration& c) {
  for (const auto& o : describe(c))
    std::cout << o.name << " = " << o.value << "\n    " << o.help << "; " << o.allowed << "\n";
  return 0;
}

/// What a server would read beside its settings.
palabre::result<void> check_files(const configuration& c) {
  PALABRE_TRY(load_foreign_token_key(c.foreign_token_key_file));
  PALABRE_TRY(const bool is_tls, wants_tls(c.tls));
  palabre::http::tls_identity identity;
  if (is_tls) {
    PALABRE_TRY(show_certificate(identity, c.tls));
  }
  return palabre::success();
}

/// For a command that keeps hundreds of megabytes in use and ends: a tenth faster with pages of 2 MB, which stay when
/// they are freed. A server stays small without.
void keep_large_pages() {
#ifdef PALABRE_MIMALLOC
  mi_option_enable(mi_option_large_os_pages);
  mi_option_disable(mi_option_allow_decommit);
#endif
}

} // namespace

int main(int argc, char** argv) {
  CLI::App program("Palabre: a chat backend in which every change is an event.", "palabre");
  constexpr auto version = PALABRE_VERSION " (" PALABRE_COMMIT ")";
  program.set_version_flag("--version", std::string("palabre ") + version);
  int exit_code = 0;

  serve_options serving;
  serving.commit = PALABRE_COMMIT;
  setting_sources sources;
  CLI::App* serve_command = program.add_subcommand("serve", "serve the API until SIGTERM");
  serve_command->add_option("--data", serving.data, "the data directory, made if it is not there")
      ->capture_default_str();
  serve_command->add_option("--listen", serving.listen, "HOST:PORT")->capture_default_str();
  serve_command->add_flag("--enable-test-routes", serving.test_routes,
                          "answer /test/echo too: for WebSocket conformance suites, not for the world");
  sources.add_to(*serve_command);

  CLI::App* config_command = program.add_subcommand("config", "look at the settings");
  config_command->require_subcommand(1);
  CLI::App* config_show = config_command->add_subcommand("show", "every setting, its value and what is allowed");
  CLI::App* config_check =
      config_command->add_subcommand("check", "exit 0 if a server would start with these settings");
  for (CLI::App* command : {config_show, config_check}) sources.add_to(*command);

  audit_commands audit(program);

  std::string data = "./data";
  rebuild_command rebuilding(program);
  safekeeping_commands safekeeping(program);
  bench_command benchmark(program, version);
  erase_command erasing(program);
  keys_command keys(program);
  user_commands people(program);
  describe_command describing(program, PALABRE_VERSION);
  seed_command seeding(program);

  try {
    program.parse(argc, argv);
    if (program.get_subcommands().empty()) throw CLI::RequiredError("A command");
  } catch (const CLI::ParseError& wrong) {
    return program.exit(wrong) == 0 ? 0 : 2;
  }

  if (*serve_command || *config_command) {
    const auto settings = sources.load();
    if (!settings) {
      fail(std::cerr, settings.error());
      return 2;
    }
    if (*config_show) return show_configuration(settings.value());
    if (*config_check) {
      const auto checked = check_files(settings.value());
      return checked ? 0 : (fail(std::cerr, checked.error()), 2);
    }
    exit_code = serve(serving, settings.value());
  }
  if (audit.is_asked()) exit_code = audit.run();
  if (rebuilding.is_asked()) {
    keep_large_pages();
    exit_code = rebuilding.run();
  }
  if (benchmark.is_asked()) exit_code = benchmark.run();
  if (erasing.is_asked()) exit_code = erasing.run(std::cin, std::cout, std::cerr);
  if (describing.is_asked()) exit_code = describing.run();
  if (keys.is_asked()) exit_code = keys.run(std::cout, std::cerr);
  if (seeding.is_asked()) exit_code = seeding.run();
  if (safekeeping.is_asked()) exit_code = safekeeping.run();
  if (people.is_asked()) exit_code = people.run();
  return exit_code;
}
