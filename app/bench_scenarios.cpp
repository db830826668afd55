// The scenarios of `palabre bench`, and what each can be told.

#include "app/bench_command.hpp"
#include "bench/scenarios/cold_room.hpp"
#include "bench/scenarios/connect.hpp"
#include "bench/scenarios/empty_start.hpp"
#include "bench/scenarios/generator.hpp"
#include "bench/scenarios/history.hpp"
#include "bench/scenarios/http.hpp"
#include "bench/scenarios/idle.hpp"
#include "bench/scenarios/log_reading.hpp"
#include "bench/scenarios/log_start.hpp"
#include "bench/scenarios/mix.hpp"
#include "bench/scenarios/reads.hpp"
#include "bench/scenarios/recover.hpp"
#include "bench/scenarios/traffic.hpp"

namespace palabre::app {

template <class What>
void bench_command::measures(CLI::App* scenario, std::shared_ptr<What> what,
                             bench::result (*run)(const bench::options&, const What&, const bench::tell_progress&)) {
  scenarios_.emplace_back(scenario, [what, run](const bench::options& how, const bench::tell_progress& tell) {
    return run(how, *what, tell);
  });
}

namespace {

template <class Number, class From, class To>
void add_number(CLI::App* scenario, const std::string& name, Number& value, From least, To most,
                const std::string& help) {
  scenario->add_option(name, value, help)
      ->check(CLI::Range(static_cast<Number>(least), static_cast<Number>(most)))
      ->capture_default_str();
}

void add_requests(CLI::App* scenario, bench::request_load& load) {
  add_number(scenario, "--connections", load.connections, 1, 10'000, "each with at most one request in flight");
  add_number(scenario, "--rate", load.rate, 0, 1e6, "requests per second in all, at random times; 0: closed loop");
}

} // namespace

void bench_command::add_scenarios() {
  add_traffic("post", "messages accepted per second, and what each costs", {100, 0, 256, 0, 128, false},
              bench::measure_post);
  add_traffic("fanout", "messages brought to those who listen", {1, 1000, 1, 0, 128, false}, bench::measure_fanout);

  CLI::App* scenario = add_scenario("mix", "a day in a community: posts, reactions, edits, reading back, lost lines");
  const auto mix = std::make_shared<bench::community>();
  add_number(scenario, "--rooms", mix->rooms, 1, 10'000, "rooms; few of them have most of the talk (Zipf)");
  add_number(scenario, "--connections", mix->members, 1, 18'000, "people");
  add_number(scenario, "--accounts", mix->accounts, 1, 18'000,
             "accounts that they share; as many as connections: one each");
  add_number(scenario, "--rooms-each", mix->rooms_each, 1, 100, "rooms that each listens to");
  add_number(scenario, "--rate", mix->rate, 1, 1e6, "actions per second in all, at random times");
  measures(scenario, mix, bench::measure_mix);

  scenario = add_scenario("connect", "connections per second: handshake, login, subscription");
  const auto connect = std::make_shared<bench::connecting>();
  add_number(scenario, "--connections", connect->connections, 1, 10'000, "under way at once");
  add_number(scenario, "--rooms", connect->rooms, 0, 10'000, "each subscribes to one of them");
  measures(scenario, connect, bench::measure_connect);

  scenario = add_scenario("idle", "what a connection costs that only listens");
  const auto idle = std::make_shared<bench::idling>();
  add_number(scenario, "--connections", idle->connections, 1, 100'000, "logged in and subscribed");
  add_number(scenario, "--rooms", idle->rooms, 1, 10'000, "that they are spread over");
  scenarios_.emplace_back(scenario, [scenario, idle](bench::options how, const bench::tell_progress& tell) {
    if (scenario->count("--duration") == 0) how.duration_s = 25; // shorter, and no ping would be in it
    return bench::measure_idle(how, *idle, tell);
  });

  scenario = add_scenario("recover", "everyone comes back at once for what they missed");
  const auto recover = std::make_shared<bench::recovering>();
  add_number(scenario, "--connections", recover->connections, 1, 100'000, "that are cut");
  add_number(scenario, "--rooms", recover->rooms, 1, 10'000, "that they are spread over");
  add_number(scenario, "--missed", recover->missed, 0, 500, "messages said in each room meanwhile");
  add_number(scenario, "--rate", recover->rate, 0, 1e6, "posts per second in all during the return");
  add_number(scenario, "--at-once", recover->at_once, 0, 100'000, "handshakes under way; 0: all");
  measures(scenario, recover, bench::measure_recover);

  scenario = add_scenario("generator", "what this generator itself can do, against a sink");
  const auto generator = std::make_shared<bench::generating>();
  add_number(scenario, "--connections", generator->connections, 18, 18'500, "that are held");
  measures(scenario, generator, bench::measure_generator);

  scenario = add_scenario("history", "pages of messages over REST");
  const auto history = std::make_shared<bench::history_reading>();
  using part = bench::history_reading::part;
  add_requests(scenario, history->load);
  add_number(scenario, "--messages", history->messages, 1, 10'000'000, "of the room, posted before");
  add_number(scenario, "--limit", history->limit, 1, 100, "messages of a page");
  scenario->add_option("--where", history->where, "newest, middle, oldest or random")
      ->transform(CLI::CheckedTransformer(std::map<std::string, part>{
          {"newest", part::newest}, {"middle", part::middle}, {"oldest", part::oldest}, {"random", part::random}}));
  scenario->add_option("--path", history->path, "of a server at --url with another API, which has been filled");
  measures(scenario, history, bench::measure_history);

  scenario = add_scenario("reads", "every kind of read, at a share of the highest rate");
  const auto reads = std::make_shared<bench::reading_mix>();
  add_number(scenario, "--connections", reads->connections, 1, 10'000, "each with at most one request in flight");
  add_number(scenario, "--messages", reads->messages, 50, 10'000'000, "of the large room, posted before");
  add_number(scenario, "--rooms", reads->rooms, 200, 1'999, "that the reader is in");
  add_number(scenario, "--load", reads->load, 0.01, 1, "share of the highest rate, which is measured first");
  measures(scenario, reads, bench::measure_reads);

  const auto with_log = [&](const std::string& name, const std::string& help, auto run) {
    scenario = add_scenario(name, help, about::our_files);
    const auto size = std::make_shared<bench::log_size>();
    add_number(scenario, "--events", size->events, 1'000, 100'000'000, "in the log, which is invented first");
    measures(scenario, size, run);
  };
  with_log("replay", "compute the past from its events: `palabre replay`, `palabre events`", bench::measure_replay);
  with_log("verify", "prove a log and its views: `palabre verify`", bench::measure_verify);
  with_log("rebuild", "compute the views anew: `palabre rebuild`, and a server without views", bench::measure_rebuild);

  scenario = add_scenario("restart", "how long a server is away that was killed", about::our_files);
  const auto killed = std::make_shared<bench::killed_server>();
  add_number(scenario, "--events", killed->log.events, 1'000, 100'000'000, "in the log, which is invented first");
  add_number(scenario, "--posts", killed->posts, 1, 1'000'000, "accepted before it is killed");
  measures(scenario, killed, bench::measure_restart);

  scenario = add_scenario("start", "what a server costs before anybody is there", about::our_files);
  const auto empty = std::make_shared<bench::empty_server>();
  add_number(scenario, "--starts", empty->starts, 1, 1'000, "of each run, on a fresh directory each");
  measures(scenario, empty, bench::measure_start);

  scenario = add_scenario("wake", "the first post into a room that nobody has used for long", about::our_files);
  const auto cold = std::make_shared<bench::cold_room>();
  add_number(scenario, "--messages", cold->messages, 1, 100'000'000, "in the room, posted before");
  measures(scenario, cold, bench::measure_wake);

  scenario = add_scenario("http", "the same small GET");
  const auto http = std::make_shared<bench::http_reading>();
  add_requests(scenario, http->load);
  scenario->add_option("--path", http->path, "what is got")->capture_default_str();
  measures(scenario, http, bench::measure_http);
}

void bench_command::add_traffic(const std::string& name, const std::string& help, const bench::traffic& usual,
                                bench::result (*run)(const bench::options&, const bench::traffic&,
                                                     const bench::tell_progress&)) {
  CLI::App* scenario = add_scenario(name, help);
  const auto what = std::make_shared<bench::traffic>(usual);
  add_number(scenario, "--rooms", what->rooms, 1, 10'000, "rooms");
  const std::size_t least = usual.listeners ? 1 : 0; // who asks for deliveries must be given some
  add_number(scenario, "--listeners", what->listeners, least, 20'000, "connections that listen, in each room");
  add_number(scenario, "--senders", what->senders, 1, 10'000, "connections that post, in all");
  add_number(scenario, "--rate", what->rate, 0, 1e6,
             "posts per second in all, at random times; 0: each sender waits for its ack");
  add_number(scenario, "--body", what->body_bytes, 40, 4'000, "bytes of a message");
  scenario
      ->add_flag("--until-delivered", what->until_delivered,
                 "each sender waits until every listener has its post, not only for its ack")
      ->excludes("--rate");
  measures(scenario, what, run);
}

} // namespace palabre::app
