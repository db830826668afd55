#include "app/metrics.hpp"

#include "app/metric_family.hpp"
#include "app/process_usage.hpp"

#include <prometheus/text_serializer.h>

#include <sys/statvfs.h>

#include <algorithm>
#include <sstream>

namespace palabre::app {
namespace {

using families = std::vector<prometheus::MetricFamily>;
constexpr double micros_per_second = 1e6;

std::string text_of(std::string_view view) {
  return std::string(view);
}

void counter(families& all, std::string name, std::string help, std::uint64_t value) {
  all.push_back(metric_family::counter(std::move(name), std::move(help)).add(value).made());
}

void gauge(families& all, std::string name, std::string help, double value) {
  all.push_back(metric_family::gauge(std::move(name), std::move(help)).add(value).made());
}

void gauge(families& all, std::string name, std::string help, std::uint64_t value) {
  gauge(all, std::move(name), std::move(help), static_cast<double>(value));
}

// ---- The edge

void add_requests(families& all, const http::edge_counts& edge) {
  auto requests = metric_family::counter("palabre_http_requests_total",
                                         "Answered requests, by the operation's name; route none: there is no such.");
  for (const auto& each : edge.requests)
    requests.add(each.count, {{"route", text_of(each.route)},
                              {"method", text_of(each.method)},
                              {"status", std::to_string(each.status_class) + "xx"}});
  all.push_back(std::move(requests).made());

  auto took = metric_family::histogram("palabre_http_request_duration_seconds",
                                       "From the last byte of a request to the last of its answer, by rate class.");
  for (const auto& each : edge.durations)
    took.add(each.micros, micros_per_second, {{"rate_class", text_of(each.rate_class)}});
  all.push_back(std::move(took).made());
}

void add_refusals(families& all, const http::edge_counts& edge) {
  auto problems = metric_family::counter("palabre_problems_total", "Answers that say what is wrong, over HTTP and by "
                                                                   "rpc, by code and status (docs/errors.md).");
  for (const auto& each : edge.problems)
    problems.add(each.count, {{"code", text_of(each.code)}, {"status", std::to_string(each.status)}});
  all.push_back(std::move(problems).made());

  auto limited = metric_family::counter("palabre_rate_limited_total", "Refusals by a rate of [limits], by its class.");
  for (const auto& each : edge.rate_limited) limited.add(each.count, {{"rate_class", text_of(each.name)}});
  all.push_back(std::move(limited).made());
}

void add_connections(families& all, const http::edge_counts& edge) {
  auto open = metric_family::gauge("palabre_connections", "Open connections, by what is spoken on them.");
  for (const auto& each : edge.connections) open.add(each.count, {{"kind", text_of(each.name)}});
  all.push_back(std::move(open).made());
  gauge(all, "palabre_connections_max", "As many connections may be open.", edge.connections_max);
  gauge(all, "palabre_realtime_subscriptions", "Subscriptions that there are.", edge.subscriptions);
  counter(all, "palabre_realtime_published_total", "Publications that somebody listened to.", edge.published);
  counter(all, "palabre_realtime_delivered_total", "Publications handed to a connection, once for each.",
          edge.delivered);
  gauge(all, "palabre_realtime_unsent_bytes", "What waits for sockets to take it.", edge.unsent_bytes);
  counter(all, "palabre_realtime_slow_closed_total", "Connections that ended because they took too little.",
          edge.slow_closed);
  gauge(all, "palabre_realtime_lateness_seconds", "How late the timers of the io thread were that is furthest behind.",
        static_cast<double>(edge.lateness_ms) / 1e3);
}

// ---- The actors

void add_commands(families& all, const actors::actor_runtime& actors) {
  const actors::command_tallies& counted = actors.counted();
  auto commands = metric_family::counter("palabre_commands_total", "Commands to rooms and users that were carried out; "
                                                                   "replayed: their answer was in the log.");
  commands.add(counted.accepted(), {{"outcome", "accepted"}}).add(counted.replayed(), {{"outcome", "replayed"}});
  all.push_back(std::move(commands).made());

  auto refused = metric_family::counter("palabre_commands_refused_total", "Commands that were not, by why.");
  for (std::size_t i = 0; i < actors::command_tallies::codes; ++i) {
    const auto code = static_cast<errc>(i);
    refused.add(counted.refused(code), {{"code", text_of(name_of(code))}});
  }
  all.push_back(std::move(refused).made());
  gauge(all, "palabre_commands_in_flight", "Commands that wait for their answer.", std::uint64_t{actors.in_flight()});

  auto awake = metric_family::gauge("palabre_actors", "Rooms and users in memory.");
  awake.add(counted.rooms(), {{"kind", "room"}}).add(counted.users(), {{"kind", "user"}});
  all.push_back(std::move(awake).made());
}

// ---- The log and the views

void add_log(families& all, const storage::journal& journal, position head) {
  const storage::journal_counts counts = journal.counts();
  auto events = metric_family::histogram("palabre_log_batch_events", "Events of a batch: what is synced at once.");
  all.push_back(std::move(events.add(counts.events, 1)).made());
  auto took = metric_family::histogram("palabre_log_commit_duration_seconds",
                                       "From the beginning of a batch until it is on the disk.");
  all.push_back(std::move(took.add(counts.micros, micros_per_second)).made());
  counter(all, "palabre_log_appends_refused_total", "Appends that did not fit to what the log holds.",
          counts.appends_refused);
  counter(all, "palabre_log_queue_full_total", "Appends for which the journal's queue had no room.", counts.queue_full);
  gauge(all, "palabre_log_queued_bytes", "What waits for the journal.", counts.queued_bytes);
  gauge(all, "palabre_log_head", "Position of the last event on the disk.", head.value);
}

/// Since when the first event that the views do not show is in the log.
double seconds_behind(const metrics_ground& ground, position applied, position head) {
  if (applied >= head) return 0;
  const auto next = ground.log.read({applied.value + 1});
  if (!next) return 0; // archived, and its segment away: palabre_views_lag_events says enough
  return static_cast<double>(std::max<std::int64_t>(0, ground.time.now().ms - next.value().view.time.ms)) / 1e3;
}

void add_lag(families& all, const metrics_ground& ground, position head) {
  const position applied = ground.projector.applied();
  gauge(all, "palabre_views_lag_events", "Events in the log that the views do not show yet.",
        head.value - std::min(head.value, applied.value));
  gauge(all, "palabre_views_lag_seconds", "Since when the first of them is in the log.",
        seconds_behind(ground, applied, head));
}

void add_search(families& all, const metrics_ground& ground, position head) {
  if (ground.search == nullptr) return;
  gauge(all, "palabre_search_lag_events", "Events in the log that the search has not read yet.",
        head.value - std::min(head.value, ground.search->applied().value));
  gauge(all, "palabre_search_follows", "1 where the search follows the log; 0: the server's log says why it does not.",
        std::uint64_t{ground.search->failure().empty()});
}

void add_stores(families& all, const storage::store_usage& log, const storage::store_usage& views) {
  const auto add = [&](metric_family family, std::uint64_t storage::store_usage::*which) {
    family.add(log.*which, {{"store", "log"}}).add(views.*which, {{"store", "views"}});
    all.push_back(std::move(family).made());
  };
  using usage = storage::store_usage;
  using family = metric_family;
  add(family::gauge("palabre_rocksdb_block_cache_bytes", "Blocks kept in memory."), &usage::block_cache_bytes);
  add(family::gauge("palabre_rocksdb_memtable_bytes", "Rows that are in no file yet."), &usage::memtable_bytes);
  add(family::gauge("palabre_rocksdb_table_reader_bytes", "Indexes and filters beside the block cache."),
      &usage::table_reader_bytes);
  add(family::gauge("palabre_rocksdb_live_table_bytes", "Files of rows."), &usage::live_table_bytes);
  add(family::gauge("palabre_rocksdb_pending_compaction_bytes", "What is yet to be rewritten, about."),
      &usage::pending_compaction_bytes);
  add(family::gauge("palabre_rocksdb_background_errors", "Errors while files were written in the background."),
      &usage::background_errors);
  add(family::counter("palabre_rocksdb_stalls_total", "How often writes were slowed down or held up."), &usage::stalls);
}

// ---- The process

void add_checks(families& all, const metrics_ground& ground) {
  auto checks = metric_family::gauge("palabre_check_ok", "What /health/ready looks at: 1 where nothing is wrong.");
  for (const auto& check : ground.checks) checks.add(check.failure().empty() ? 1.0 : 0.0, {{"check", check.name}});
  checks.add(ground.projector.healthy() ? 1.0 : 0.0, {{"check", "projections"}});
  all.push_back(std::move(checks).made());

  struct statvfs disk {};
  if (::statvfs(ground.data.c_str(), &disk) == 0)
    gauge(all, "palabre_disk_free_bytes", "Where the data is.", std::uint64_t{disk.f_bavail} * disk.f_frsize);
}

void add_process(families& all, const metrics_ground& ground) {
  const process_usage usage = usage_of_this_process();
  all.push_back(metric_family::counter("process_cpu_seconds_total", "Processor time.").add(usage.cpu_seconds).made());
  gauge(all, "process_resident_memory_bytes", "Memory in use.", usage.resident_bytes);
  gauge(all, "process_virtual_memory_bytes", "Address space.", usage.virtual_bytes);
  gauge(all, "process_open_fds", "Open files and sockets.", usage.open_files);
  gauge(all, "process_max_fds", "As many may be open.", usage.open_files_max);
  gauge(all, "process_threads", "Threads.", usage.threads);
  gauge(all, "process_start_time_seconds", "When it started, as Unix time.", usage.start_time_seconds);
  auto build = metric_family::gauge("palabre_build_info", "1; the labels say what runs.");
  all.push_back(std::move(build.add(1.0, {{"version", PALABRE_VERSION}, {"commit", ground.commit}})).made());
}

} // namespace

families metrics::Collect() const {
  const position head = ground_.log.head();
  const http::edge_counts edge = ground_.edge.counts();
  families all;
  add_requests(all, edge);
  add_refusals(all, edge);
  add_connections(all, edge);
  add_commands(all, ground_.actors);
  add_log(all, ground_.journal, head);
  add_lag(all, ground_, head);
  add_search(all, ground_, head);
  add_stores(all, ground_.log.usage(), ground_.views.usage());
  add_checks(all, ground_);
  add_process(all, ground_);
  return all;
}

std::string metrics::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, Collect());
  return std::move(out).str();
}

} // namespace palabre::app
