#include "app/administrators.hpp"
#include "app/commands.hpp"
#include "app/control_socket.hpp"
#include "app/erasure.hpp"
#include "app/file_limit.hpp"
#include "app/keys.hpp"
#include "app/logging.hpp"
#include "app/metrics.hpp"
#include "app/recover.hpp"
#include "app/secrets.hpp"
#include "app/store.hpp"
#include "app/views_rebuild.hpp"
#include "storage/log_checkpoint.hpp"

#include "http/hasher.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/read_positions.hpp"
#include "http/server/server.hpp"
#include "http/server/tls_identity.hpp"
#include "http/tokens.hpp"
#include "projections/tables.hpp"
#include "storage/journal.hpp"
#include "storage/synced_file.hpp"

#include <spdlog/spdlog.h>
#include <sys/statvfs.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <mutex>
#include <thread>

namespace palabre::app {
namespace {

/// Below this much free space the server says it is not ready.
constexpr std::uint64_t disk_bytes_min = 64 * 1024 * 1024;

/// Views that are so many events behind catch up after the server has begun to listen, unless somebody is to be erased,
/// and empty ones are computed as `palabre rebuild` does, which is faster than the projector.
constexpr std::uint64_t events_behind_max = 20'000;
static_assert(access_token_ttl_max <= projections::closed_session_remembered);

struct listen_address {
  std::string host;
  unsigned short port = 0;
};

/// "HOST:PORT", with [::1]:PORT for IPv6.
result<listen_address> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const error wrong{errc::invalid, "--listen " + text + ": write HOST:PORT, as 127.0.0.1:8080 or [::1]:8080"};
  if (colon == std::string::npos || colon == 0) return wrong;
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) return wrong;
  const unsigned long port = std::stoul(digits);
  if (port > 65'535) return wrong;
  return listen_address{std::move(host), static_cast<unsigned short>(port)};
}

/// The parts of a server, in the order in which they are made; they end the other way round.
class serving {
public:
  serving(const serve_options& options, listen_address address, const configuration& settings)
      : options_(options), address_(std::move(address)), settings_(settings) {}

  result<void> open();
  result<unsigned short> listen() {
    return server_->start(address_.host, address_.port, settings_.tls.certificate.empty() ? nullptr : &identity_);
  }
  /// The certificate is another one from now on, or the old one stays.
  void renew();
  void tell_validity(timestamp until) const;
  void close();

private:
  result<void> open_views();
  result<void> remember_ended_sessions();
  result<void> begin_reading();
  void compute_missing_views();
  void add_commands();
  result<std::string> rebuild(const std::string& projection, const tell_rebuild& tell);
  result<std::string> erase(const control_arguments& arguments);
  result<std::string> checkpoint(const control_arguments& arguments);
  void start_search();
  result<void> forget_in_search(user_id user);
  erasing_ground erasing() {
    return {*log_,
            seal_->keys(),
            *views_,
            *projector_,
            *actors_,
            time_,
            [this](user_id user) { return forget_in_search(user); }};
  }
  result<void> finish_erasing();
  result<void> views_are_there() const;
  result<administration> administrating();
  std::vector<http::readiness_check> readiness() const;

  const serve_options& options_;
  const listen_address address_;
  const configuration& settings_;
  wall_clock time_;
  system_randomness random_;
  all_projections projections_;
  std::unique_ptr<storage::event_log> log_;
  std::shared_ptr<const projections::record_seal> seal_;
  std::unique_ptr<storage::views_store> views_;
  std::unique_ptr<projections::projector> projector_;
  std::unique_ptr<storage::journal> journal_;
  std::unique_ptr<actors::actor_runtime> actors_;
  std::unique_ptr<projections::log_reader> reader_;
  std::unique_ptr<projections::profiles> profiles_;
  std::unique_ptr<projections::timeline_queries> timeline_;
  std::unique_ptr<projections::roster_queries> roster_;
  std::unique_ptr<projections::invitation_queries> invitations_;
  std::unique_ptr<projections::user_queries> users_;
  std::unique_ptr<projections::presence_queries> presences_;
  std::unique_ptr<http::presence_desk> presence_;
  std::unique_ptr<http::token_authority> tokens_;
  std::unique_ptr<http::password_hasher> hasher_;
  std::unique_ptr<projections::reading_queries> reading_;
  std::unique_ptr<projections::belongings_queries> belongings_;
  std::unique_ptr<projections::report_queries> reports_;
  std::unique_ptr<projections::past_queries> past_;
  std::unique_ptr<http::read_positions> reads_;
  std::unique_ptr<search::searcher> search_; ///< none: it is switched off, or could not be opened
  std::unique_ptr<http::services> services_;
  http::tls_identity identity_;
  std::unique_ptr<http::server> server_;
  std::unique_ptr<metrics> metrics_;
  control_socket control_;
  std::mutex rebuilding_; ///< held by whoever computes the views anew
  std::atomic<bool> ending_{false};
  std::atomic<const char*> sessions_failure_{""}; ///< why no token proves anything yet
  std::thread catching_up_;                       ///< of a start with views that were far behind
};

void say_how_it_opened(const storage::open_report& report, const std::string& epoch) {
  spdlog::info("log {}: head {}, epoch {}", report.created ? "created" : "opened", report.head.value, epoch);
  if (!report.created && !report.clean)
    spdlog::warn("the last process did not close the log; it was checked and is whole");
  if (report.tail_dropped) spdlog::warn("a torn end of the log was dropped: it had never been acknowledged");
  if (report.epoch_minted && !report.created) spdlog::warn("new epoch: clients reload instead of recovering");
}

result<void> serving::open() {
  const std::string& data = options_.data;
  PALABRE_TRY(const bool is_tls, wants_tls(settings_.tls));
  if (is_tls) {
    PALABRE_TRY(const timestamp until, show_certificate(identity_, settings_.tls));
    tell_validity(until);
  }
  PALABRE_TRY(storage::make_directory(data));
  auto log = storage::event_log::open(log_directory(data), storage::event_log::access::read_write, random_);
  if (!log) return with_advice(log.error(), data); // the server never goes on from a damaged log by itself
  log_ = std::move(log).value();
  say_how_it_opened(log_->report(), log_->epoch());
  // Only an empty log may get new keys: with others no login or share code in it would be found again.
  PALABRE_TRY(auto keys, load_secrets(data, log_->head() == position{}, random_));
  PALABRE_TRY(seal_, seal_log(data, *log_, random_));
  PALABRE_TRY(auto foreign_key, load_foreign_token_key(settings_.foreign_token_key_file));

  PALABRE_TRY(open_views());
  projector_ = std::make_unique<projections::projector>(*log_, *views_, projections_.list());
  journal_ = std::make_unique<storage::journal>(*log_);
  journal_->add_precondition([this] { return seal_->keys().sync(); });
  const actors::decider_context context{*log_, *journal_, *views_, time_, seal_.get()};
  actors_ = std::make_unique<actors::actor_runtime>(context, settings_.actors);
  reader_ = std::make_unique<projections::log_reader>(*log_);
  profiles_ = std::make_unique<projections::profiles>(*views_);
  timeline_ = std::make_unique<projections::timeline_queries>(*views_, *profiles_);
  roster_ = std::make_unique<projections::roster_queries>(*views_);
  invitations_ = std::make_unique<projections::invitation_queries>(*views_);
  users_ = std::make_unique<projections::user_queries>(*views_);
  presences_ = std::make_unique<projections::presence_queries>(*views_);
  const http::presence_ground ground{*actors_, *projector_, *reader_, *presences_, *roster_, time_, settings_.edge};
  presence_ = std::make_unique<http::presence_desk>(ground, random_);
  tokens_ = std::make_unique<http::token_authority>(keys.token_key, time_);
  hasher_ = std::make_unique<http::password_hasher>(random_);
  reading_ = std::make_unique<projections::reading_queries>(*views_);
  belongings_ = std::make_unique<projections::belongings_queries>(*views_);
  reports_ = std::make_unique<projections::report_queries>(*views_);
  past_ = std::make_unique<projections::past_queries>(*views_, *reader_, *profiles_);
  reads_ = std::make_unique<http::read_positions>(*actors_);
  services_.reset(new http::services{*actors_,      *projector_,
                                     *reader_,      *timeline_,
                                     *roster_,      *invitations_,
                                     *users_,       *profiles_,
                                     *presence_,    *tokens_,
                                     *hasher_,      *reading_,
                                     *belongings_,  *reports_,
                                     *past_,        *reads_,
                                     time_,         random_,
                                     keys.name_key, settings_.edge,
                                     readiness(),   std::move(foreign_key)});
  start_search();
  server_ = std::make_unique<http::server>(*services_);
  metrics_ = std::make_unique<metrics>(metrics_ground{*server_, *actors_, *journal_, *log_, *projector_, *views_,
                                                      services_->readiness, time_, search_.get(), options_.data,
                                                      options_.commit});
  services_->metrics = [this] { return metrics_->text(); };

  // What happens to a committed batch, in this order; the journal itself has published the head and told the actors.
  journal_->add_listener([this](const storage::committed_batch_ptr& batch) { tokens_->hear(*batch); });
  journal_->add_listener([this](const storage::committed_batch_ptr& batch) { projector_->feed(batch); });
  journal_->add_listener([this](const storage::committed_batch_ptr& batch) { presence_->hear(*batch); });
  journal_->add_listener([this](const storage::committed_batch_ptr& batch) { server_->publish(batch); });
  projector_->add_listener([this](const storage::committed_batch& batch) { profiles_->forget_changed(batch); });

  add_commands();
  journal_->start();
  PALABRE_TRY(begin_reading());
  // Not every file system has sockets, and people can be served without one.
  if (const auto controlled = control_.start(data); !controlled)
    spdlog::warn("no command reaches this server: {}", controlled.error().context);
  return success();
}

/// A server without it serves everything else.
void serving::start_search() {
  const std::string directory = search_directory(options_.data);
  if (!settings_.search) {
    if (const auto removed = remove_search(directory); !removed) spdlog::error("{}", removed.error().context);
    return;
  }
  auto opened = search::searcher::open(
      {*log_, directory, [this](room_id room, stream_version seq) { return timeline_->words_at(room, seq); },
       [](const std::string& what) { spdlog::error("{}", what); }});
  if (!opened) return spdlog::error("there is no search: {}", opened.error().context);
  search_ = std::move(opened).value();
  spdlog::info("search at {} of {}", search_->applied().value, log_->head().value);
  search_->start();
  services_->search = search_.get();
}

result<void> serving::forget_in_search(user_id user) {
  if (search_) return search_->forget(user);
  return remove_search(search_directory(options_.data));
}

result<void> serving::open_views() {
  storage::views_directories(options_.data).remove_others(); // of a rebuild that was killed
  const std::string directory = views_directory(options_.data);
  const std::string print = projections::fingerprint(projections_.list(), log_->epoch());
  PALABRE_TRY(views_, storage::views_store::open(directory, projections::tables::forms, print));
  if (views_->was_emptied()) spdlog::warn("the views were damaged or of another version: they are computed anew");
  for (const storage::table t : projections::tables::hot) views_->keep_hot(t, projections::tables::hot_rows_max);
  PALABRE_TRY(auto checkpoint, views_->checkpoint());
  if (checkpoint > log_->head()) return error{errc::corrupt, "the views are ahead of the log; delete " + directory};
  spdlog::info("views at {} of {}", checkpoint.value, log_->head().value);
  return success();
}

/// What takes long because the views are far behind does not keep the server from listening: until it is done who reads
/// is told to come again, and no token proves anything. Only who was to be erased is erased before, however long it
/// takes.
result<void> serving::begin_reading() {
  const position applied = projector_->applied(), head = log_->head();
  using beginning = projections::projector::beginning;
  const bool is_far_behind = head.value - applied.value > events_behind_max;
  PALABRE_TRY(const bool somebody_waits, erasures_wait(*log_, seal_->keys()));
  if (!is_far_behind || somebody_waits) {
    const bool from_nothing = is_far_behind && applied == position{};
    if (is_far_behind) spdlog::warn("an erasure is unfinished: nobody is served before it is done");
    projector_->start(from_nothing ? beginning::wait_for_rows : beginning::fold);
    if (from_nothing) compute_missing_views();
    PALABRE_TRY(finish_erasing());
    return remember_ended_sessions();
  }
  tokens_->hold();
  sessions_failure_ = "it is being found out which sessions have ended";
  projector_->start(applied == position{} ? beginning::wait_for_rows : beginning::fold);
  catching_up_ = std::thread([this, is_empty = applied == position{}] {
    if (is_empty) compute_missing_views();
    auto ready = ending_ ? result<void>(success()) : finish_erasing();
    if (ready && !ending_) ready = remember_ended_sessions();
    if (ending_) return; // nothing is proved any more
    if (!ready) {
      sessions_failure_ = "it could not be found out which sessions have ended; see the log";
      return spdlog::error("no token is taken: {}", ready.error().context);
    }
    tokens_->release();
    sessions_failure_ = "";
  });
  return success();
}

void serving::compute_missing_views() {
  const auto tell = [this](std::uint64_t, std::uint64_t, std::string_view) { return !ending_; };
  const auto done = rebuild({}, tell);
  if (done) return;
  if (!ending_) spdlog::warn("the views are computed by the slower way: {}", done.error().context);
  projector_->fold_on();
}

result<std::string> serving::rebuild(const std::string& projection, const tell_rebuild& tell) {
  const std::unique_lock lock(rebuilding_, std::try_to_lock);
  if (!lock) return error{errc::conflict, "the views are being computed anew already"};
  const auto begun = time_.now();
  PALABRE_TRY(const auto made, rebuild_serving(*log_, options_.data, projection, *views_, *projector_, tell));
  profiles_->forget_all();
  spdlog::info("views computed anew from {} events in {} ms", made.folded, time_.now().ms - begun.ms);
  return R"({"position":)" + std::to_string(made.at.value) + R"(,"events":)" + std::to_string(made.folded) + '}';
}

void serving::add_commands() {
  control_.add("rebuild", [this](const control_arguments& arguments, const tell_control& tell) {
    const auto projection = arguments.find("projection");
    return rebuild(projection == arguments.end() ? std::string{} : projection->second, tell);
  });
  control_.add("erase", [this](const control_arguments& arguments, const tell_control&) { return erase(arguments); });
  control_.add("checkpoint",
               [this](const control_arguments& arguments, const tell_control&) { return checkpoint(arguments); });
  add_administration(control_, [this] { return administrating(); });
}

result<void> serving::views_are_there() const {
  if (projector_->applied() >= log_->head() || *sessions_failure_.load() == '\0') return success();
  return error{errc::unavailable, "the views are still being computed; try again when /health/ready is 200"};
}

result<administration> serving::administrating() {
  PALABRE_TRY(views_are_there());
  return administration{*log_, *views_, *projector_, *actors_, services_->name_key, settings_.edge.administrators};
}

/// For `palabre backup`: hard links, where the target is on the same file system.
result<std::string> serving::checkpoint(const control_arguments& arguments) {
  const auto to = arguments.find("to");
  if (to == arguments.end()) return error{errc::invalid, "`to` is missing"};
  PALABRE_TRY(storage::checkpoint_log(*log_, to->second));
  return std::string("{}");
}

/// Rows that are being computed beside those in use would keep what is erased from these.
result<std::string> serving::erase(const control_arguments& arguments) {
  const auto user = arguments.find("user");
  if (user == arguments.end()) return error{errc::invalid, "`user` is missing"};
  PALABRE_TRY(views_are_there());
  PALABRE_TRY(const auto who, find_person(*views_, services_->name_key, user->second));
  if (arguments.contains("look")) return to_json(who);
  const std::lock_guard lock(rebuilding_);
  if (ending_) return error{errc::unavailable, "the server is stopping"};
  PALABRE_TRY(const auto done, erase_user(erasing(), who.user));
  spdlog::info("user {} was erased", to_text(who.user));
  return to_json(done);
}

/// A crash in the middle of erasing, or a backup older than the list of the erased.
result<void> serving::finish_erasing() {
  const std::lock_guard lock(rebuilding_);
  PALABRE_TRY(const auto finished, finish_erasures(erasing()));
  if (finished > 0) spdlog::warn("users whose erasure was not finished, and is now: {}", finished);
  return success();
}

/// Access tokens outlive a restart, and so must the end of their sessions: the last ones that closed are read from the
/// views and, because the views may be behind it, from the log. Tokens may have been issued under another setting: the
/// longest life there can be counts.
result<void> serving::remember_ended_sessions() {
  PALABRE_TRY(auto checkpoint, views_->checkpoint());
  const timestamp since{time_.now().ms - std::chrono::milliseconds(access_token_ttl_max).count()};
  PALABRE_TRY(auto closed, users_->sessions_closed_since(since));
  for (const session_id session : closed) tokens_->end_session(session);
  result<void> read = success();
  PALABRE_TRY(log_->scan_in_place(checkpoint, log_->head(), [&](const storage::record& record, std::string_view) {
    if (record.time < since || record.type != events::session_closed::type.name) return true;
    const auto event = events::decode_as<events::session_closed>(record.schema, record.payload);
    if (event)
      tokens_->end_session(event.value().session);
    else
      read = event.error();
    return read.has_value();
  }));
  return read;
}

std::vector<http::readiness_check> serving::readiness() const {
  return {
      {"log", [this] { return journal_->healthy() ? "" : "a write failed; the log takes nothing more until restart"; }},
      {"sessions", [this]() -> std::string { return sessions_failure_.load(); }},
      {"disk", [this]() -> std::string {
         struct statvfs about {};
         if (::statvfs(options_.data.c_str(), &about) != 0) return std::strerror(errno);
         const std::uint64_t free = static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize;
         return free >= disk_bytes_min ? "" : "less than 64 MiB are free";
       }}};
}

/// Stop accepting, answer what is in flight, close sockets, sync.
void serving::close() {
  ending_ = true;
  control_.stop();
  if (server_) server_->drain(settings_.drain_timeout);
  if (services_) services_->readers->stop();
  if (catching_up_.joinable()) { // it asks the actors, and waits for the views
    projector_->stop();
    catching_up_.join();
  }
  if (actors_) actors_.reset();
  search_.reset(); // it reads the log and the views
  if (journal_) journal_->stop();
  if (projector_) projector_->stop();
}

void serving::tell_validity(timestamp until) const {
  constexpr std::chrono::milliseconds soon = std::chrono::hours(14 * 24);
  const bool is_over = until <= time_.now();
  const auto told = until.ms - time_.now().ms < soon.count() ? spdlog::level::warn : spdlog::level::info;
  spdlog::log(told, "the certificate {} valid until {}", is_over ? "was" : "is", to_rfc3339(until));
}

void serving::renew() {
  if (settings_.tls.certificate.empty()) return spdlog::info("SIGHUP: there is no certificate to be read again");
  const auto shown = show_certificate(identity_, settings_.tls);
  if (!shown) return spdlog::error("the certificate that was shown before stays: {}", shown.error().context);
  tell_validity(shown.value());
}

/// SIGTERM, SIGINT and SIGHUP arrive here and nowhere else. Blocked before any
/// thread starts, so that all inherit it.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Without a file to open the log takes nothing more: connections must not be able to use them up.
void check_file_limit(const configuration& settings) {
  constexpr std::size_t of_both_stores = 2'000;
  const std::size_t of_each = settings.tls.certificate.empty() ? 1 : 3;
  const std::size_t needed = settings.edge.connections_max * of_each + of_both_stores;
  const std::size_t allowed = raise_file_limit();
  if (allowed < needed)
    spdlog::warn("this process may open {} files; {} connections of {} each (limits.connections) and the log want {}",
                 allowed, settings.edge.connections_max, of_each, needed);
}

} // namespace

int serve(const serve_options& options, const configuration& settings) {
  auto address = parse_listen(options.listen);
  if (!address) {
    fail(std::cerr, address.error());
    return 2;
  }
  const sigset_t signals = block_signals();
  start_logging(settings.log_level, settings.access_log);
  if (!settings.edge.limits_enabled) spdlog::warn("limits.enabled is false: nobody is slowed down");
  configuration with_version = settings;
  with_version.edge.version = PALABRE_VERSION;
  with_version.edge.test_routes = options.test_routes;
  check_file_limit(settings);
  if (options.test_routes) spdlog::warn("test routes are enabled: anyone may send 16 MiB to /test/echo");
  int exit_code = 0;
  {
    serving server(options, std::move(address.value()), with_version);
    auto started = server.open();
    auto port = started ? server.listen() : result<unsigned short>(started.error());
    if (!port) {
      spdlog::error("{}: {}", name_of(port.error().code), port.error().context);
      std::cerr << "palabre: " << port.error().context << std::endl;
      exit_code = 1;
    } else {
      const std::string host = options.listen.substr(0, options.listen.rfind(':'));
      const char* scheme = settings.tls.certificate.empty() ? "http://" : "https://";
      std::cout << "palabre: listening on " << scheme << host << ':' << port.value() << std::endl;
      int signal = 0;
      while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) server.renew();
      spdlog::info("{}: draining", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    }
    server.close();
  }
  spdlog::info("stopped");
  stop_logging();
  return exit_code;
}

int fail(std::ostream& errors, const error& why) {
  errors << "palabre: " << name_of(why.code) << ": " << why.context << '\n';
  return 1;
}

int fail_or_misused(std::ostream& errors, const error& why) {
  fail(errors, why);
  return why.code == errc::invalid ? 2 : 1;
}

} // namespace palabre::app
