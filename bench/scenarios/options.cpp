#include "bench/scenarios/options.hpp"

#include "bench/measuring/environment.hpp"

#include <cstdio>
#include <stdexcept>

namespace palabre::bench {
namespace {

std::string plain(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string listed(const std::vector<int>& cores) {
  if (cores.empty()) return "any";
  std::string text;
  for (const int core : cores) text += (text.empty() ? "" : ",") + std::to_string(core);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Of the program that is measured: it says so itself, if it is another than this one.
std::string version_of(const options& how) {
  if (how.binary == options().binary) return "palabre " + how.version;
  std::string said;
  const auto asked = run_program({how.binary, "--version"}, {}, &said);
  if (asked.exit_code != 0)
    throw std::runtime_error(how.binary + " --version: exit code " + std::to_string(asked.exit_code));
  return said.substr(0, said.find('\n'));
}

} // namespace

arena::arena(const options& how) : how_(how) {
  if (how.url.empty()) return;
  auto found = parse_url(how.url);
  if (!found) throw std::runtime_error(found.error().context);
  remote_ = found.value();
  if (how.pids.empty()) return;
  processes_.emplace(std::vector<pid_t>(how.pids.begin(), how.pids.end()));
  if (!processes_->is_running()) throw std::runtime_error("--pid names a process that does not run");
}

void arena::renew() {
  if (!how_.url.empty()) return;
  own_.reset();
  directory_ = std::make_unique<temporary_directory>();
  own_ = std::make_unique<own_server>(how_.binary, directory_->path() + "/data", how_.server_cores);
  processes_.emplace(std::vector<pid_t>{own_->pid()});
}

const endpoint& arena::at() const {
  return own_ ? own_->at() : remote_;
}

result begin_result(const options& how, std::string scenario, std::string question,
                    std::vector<name_and_text> parameters) {
  result made;
  made.scenario = std::move(scenario);
  made.question = std::move(question);
  made.target = !how.name.empty() ? how.name : !how.url.empty() ? how.url : version_of(how);
  made.parameters = std::move(parameters);
  made.parameters.insert(made.parameters.end(), {{"duration", plain(how.duration_s) + " s"},
                                                 {"warm-up", plain(how.warm_up_s) + " s"},
                                                 {"seed", std::to_string(how.seed)},
                                                 {"server cores", listed(how.server_cores)},
                                                 {"generator cores", listed(how.generator_cores)}});
  made.environment = describe_machine();
  made.environment.emplace_back("generator", "palabre " + how.version);
  if (how.url.empty()) {
    made.environment.emplace_back("server settings", joined(own_server_settings()));
    made.environment.emplace_back("ack means", "in the log, synced to disk; the read models follow within moments");
  } else if (!how.ack_means.empty()) {
    made.environment.emplace_back("ack means", how.ack_means);
  }
  return made;
}

} // namespace palabre::bench
