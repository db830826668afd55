// GET /metrics of a real server: that it counts what happened, and who may see it.
#include "exposition.hpp"
#include "realtime_scene.hpp"

#include "base/digest.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <stdexcept>

namespace palabre::testing {
namespace {

constexpr auto unbroken = "# HELP a_total Words.\n# TYPE a_total counter\na_total 1\n";

exposition scrape(const running_server& server) {
  http_client client(server.port());
  const auto got = client.request("GET", "/metrics");
  EXPECT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  return exposition(got.body);
}

int status_with(const running_server& server, const headers& with) {
  http_client client(server.port());
  return client.request("GET", "/metrics", {}, with).status;
}

/// How much a sum has grown.
class growth {
public:
  growth(const exposition& before, const exposition& after) : before_(before), after_(after) {}
  double of(std::string_view name, const exposition::labels& labels = {}) const {
    return after_.sum(name, labels) - before_.sum(name, labels);
  }

private:
  const exposition &before_, &after_;
};

TEST(Exposition, IsReadStrictly) {
  const auto reads = [](const std::string& text) {
    try {
      return exposition(text).samples().size() > 0;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  const std::string histogram = "# HELP h Words.\n# TYPE h histogram\nh_count 3\nh_sum 4\nh_bucket{le=\"1\"} 2\n";
  EXPECT_TRUE(reads(unbroken));
  EXPECT_TRUE(reads(histogram + "h_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_TRUE(reads("# HELP a Words.\n# TYPE a gauge\na{b=\"\\\"\\\\\\n\",c=\"\"} 1e-06\n"));
  for (const std::string& broken : {
           std::string("# HELP a_total Words.\n# TYPE a_total counter\na_total 1"),      // no end of line
           std::string("# HELP a_total Words.\n# TYPE a_total counter\na_total -1\n"),   // below zero
           std::string("# HELP a_total Words.\n# TYPE a_total counter\n\na_total 1\n"),  // an empty line
           std::string("# HELP a_total Words.\na_total 1\n"),                            // no type
           std::string("# TYPE a_total counter\na_total 1\n"),                           // no help
           std::string("# HELP a Words.\n# TYPE a counter\na 1\n"),                      // no _total
           std::string("# HELP a Words.\n# TYPE a gauge\na nan\n"),                      // no number
           std::string("# HELP a Words.\n# TYPE a gauge\nb 1\n"),                        // of another family
           std::string("# HELP a Words.\n# TYPE a gauge\na{b=\"\\t\"} 1\n"),             // no such escape
           std::string("# HELP a Words.\n# TYPE a gauge\na{b=\"\",b=\"\"} 1\n"),         // a label twice
           std::string("# HELP a Words.\n# TYPE a gauge\na{b=\"1\"} 1\na{b=\"1\"} 2\n"), // a sample twice
           std::string("# HELP a Words.\n# TYPE a gauge\na 1\n") + unbroken + "a 2\n",   // in two places
           unbroken + std::string("# HELP a_total Words.\n# TYPE a_total counter\n"),    // the same
           histogram,                                                                    // no +Inf
           histogram + "h_bucket{le=\"+Inf\"} 4\n",                                      // not the count
           histogram + "h_bucket{le=\"0.5\"} 2\nh_bucket{le=\"+Inf\"} 3\n",              // not ascending
       })
    EXPECT_FALSE(reads(broken)) << broken;
}

class Metrics : public Realtime {};

TEST_F(Metrics, CountRequestsCommandsAndEvents) {
  const exposition before = scrape(server_);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(ada_.say(room_, "hello").status, 201);
  const headers key{{"Idempotency-Key", "once"}};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ada_.say(room_, "hello again", key).status, 201);
  expect_problem(ada_.post("/api/v1/rooms/" + room_ + "/leave", ""), 409, "owner_must_transfer",
                 "/api/v1/rooms/" + room_ + "/leave");
  EXPECT_EQ(ada_.get("/no/such/path").status, 404);
  const exposition after = scrape(server_);
  const growth grown(before, after);

  EXPECT_EQ(grown.of("palabre_http_requests_total", {{"route", "post_message"}, {"method", "POST"}, {"status", "2xx"}}),
            9);
  EXPECT_EQ(grown.of("palabre_http_requests_total", {{"route", "leave_room"}, {"status", "4xx"}}), 1);
  EXPECT_EQ(grown.of("palabre_http_requests_total", {{"route", "none"}, {"method", "GET"}, {"status", "4xx"}}), 1);
  EXPECT_EQ(grown.of("palabre_http_requests_total", {{"route", "get_metrics"}}), 1) << "the one before";
  EXPECT_EQ(grown.of("palabre_http_request_duration_seconds_count", {{"rate_class", "write"}}), 10);
  EXPECT_GT(grown.of("palabre_http_request_duration_seconds_sum", {{"rate_class", "write"}}), 0);
  EXPECT_EQ(grown.of("palabre_problems_total"), 2);
  EXPECT_EQ(grown.of("palabre_problems_total", {{"code", "owner_must_transfer"}, {"status", "409"}}), 1);

  EXPECT_EQ(grown.of("palabre_commands_total", {{"outcome", "accepted"}}), 8);
  EXPECT_EQ(grown.of("palabre_commands_total", {{"outcome", "replayed"}}), 1);
  EXPECT_EQ(grown.of("palabre_commands_refused_total"), 1);
  EXPECT_EQ(grown.of("palabre_commands_refused_total", {{"code", "owner_must_transfer"}}), 1);
  EXPECT_EQ(after.sum("palabre_actors", {{"kind", "room"}}), 1);

  EXPECT_EQ(grown.of("palabre_log_head"), 8);
  EXPECT_EQ(grown.of("palabre_log_batch_events_sum"), 8);
  EXPECT_EQ(grown.of("palabre_log_batch_events_count"), 8) << "nobody posted at the same time";
  EXPECT_EQ(grown.of("palabre_log_commit_duration_seconds_count"), 8);
  EXPECT_EQ(after.sum("palabre_log_head"), static_cast<double>(server_.events()));
}

TEST_F(Metrics, CountConnectionsAndDeliveries) {
  const exposition before = scrape(server_);
  std::vector<websocket_client> listeners;
  for (int i = 0; i < 3; ++i) listeners.push_back(connected(server_, ada_));
  for (auto& each : listeners) each.ask(subscribe_to(room_));
  ada_.say(room_, "hello");
  ada_.say(room_, "there");
  for (auto& each : listeners)
    for (int i = 0; i < 2; ++i) each.next_with("/push/pub/data");
  const exposition after = scrape(server_);
  const growth grown(before, after);

  EXPECT_EQ(after.sum("palabre_connections", {{"kind", "websocket"}}), 3);
  EXPECT_EQ(after.sum("palabre_connections"), 3 + after.sum("palabre_connections", {{"kind", "http"}}));
  EXPECT_EQ(after.sum("palabre_realtime_subscriptions"), 6) << "the room, and each its user's own channel";
  EXPECT_GE(grown.of("palabre_realtime_published_total"), 2) << "and whatever presence had to say";
  EXPECT_GE(grown.of("palabre_realtime_delivered_total"), 6);
  EXPECT_EQ(after.sum("palabre_realtime_unsent_bytes"), 0);
  EXPECT_EQ(grown.of("palabre_http_requests_total", {{"route", "websocket"}, {"status", "1xx"}}), 3);

  expect_error(listeners.front().ask(R"("rpc":{"method":"message.delete","data":{"room_id":")" + room_ +
                                     R"(","message_id":"01890000-0000-7000-8000-000000000000"}})"),
               404);
  EXPECT_EQ(growth(after, scrape(server_)).of("palabre_problems_total", {{"code", "not_found"}}), 1) << "by rpc, too";
}

TEST_F(Metrics, SayThatConnectionsHaveGone) {
  auto listener = connected(server_, ada_);
  listener.ask(subscribe_to(room_));
  listener.close();
  listener.end();
  const auto is_gone = [](const exposition& all) {
    return all.sum("palabre_connections", {{"kind", "websocket"}}) == 0 &&
           all.sum("palabre_realtime_subscriptions") == 0;
  };
  bool gone = false; // the server reads the end of it when it gets to it
  for (int i = 0; i < 1'000 && !gone; ++i) gone = is_gone(scrape(server_));
  EXPECT_TRUE(gone);
}

TEST_F(Metrics, SayWhatRunsAndHow) {
  const exposition all = scrape(server_);
  EXPECT_EQ(all.count("palabre_build_info"), 1u);
  for (const auto* check : {"log", "sessions", "disk", "projections"})
    EXPECT_EQ(all.sum("palabre_check_ok", {{"check", check}}), 1) << check;
  for (const auto* store : {"log", "views"}) {
    EXPECT_GT(all.sum("palabre_rocksdb_memtable_bytes", {{"store", store}}), 0) << store;
    EXPECT_EQ(all.sum("palabre_rocksdb_background_errors", {{"store", store}}), 0) << store;
  }
  EXPECT_EQ(all.sum("palabre_views_lag_events"), 0);
  EXPECT_EQ(all.sum("palabre_search_follows"), 1);
  EXPECT_EQ(all.count("palabre_search_lag_events"), 1u);
  EXPECT_GT(all.sum("palabre_disk_free_bytes"), 0);
  EXPECT_GT(all.sum("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(all.sum("process_cpu_seconds_total"), 0);
  EXPECT_GT(all.sum("process_open_fds"), 10);
  EXPECT_LT(all.sum("process_open_fds"), all.sum("process_max_fds"));
  EXPECT_NEAR(all.sum("process_start_time_seconds"), static_cast<double>(std::time(nullptr)), 300);
}

TEST(MetricsOfLimits, CountWhoWasTooFast) {
  running_server server("[limits]\nenabled = true\nrequests_per_second = 1\n");
  person ada(server, "ada");
  int refused = 0;
  for (int i = 0; i < 12; ++i) refused += ada.get("/api/v1/me").status == 429;
  const exposition all = scrape(server);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(all.sum("palabre_rate_limited_total", {{"rate_class", "read"}}), refused);
  EXPECT_EQ(all.sum("palabre_rate_limited_total"), refused);
  EXPECT_EQ(all.sum("palabre_problems_total", {{"code", "rate_limited"}, {"status", "429"}}), refused);
}

TEST(MetricsAccess, IsForWhoAsksFromHereThroughNothing) {
  running_server server;
  EXPECT_EQ(status_with(server, {}), 200);
  for (const auto* header : {"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Proto"})
    EXPECT_EQ(status_with(server, {{header, "127.0.0.1"}}), 403) << header;
  const auto first_line_of = [&](const std::string& request) {
    const auto got = http_client(server.port()).raw(request);
    return got.substr(0, got.find('\r'));
  };
  EXPECT_EQ(first_line_of("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "HTTP/1.1 200 OK");
  EXPECT_EQ(first_line_of("GET /metrics HTTP/1.1\r\nHost: chat.example\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(first_line_of("GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"), "HTTP/1.1 403 Forbidden")
      << "as some proxies ask by default, without a word of the client";
}

TEST(MetricsAccess, IsNotForATrustedProxy) {
  running_server server("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
  EXPECT_EQ(status_with(server, {}), 403);
}

TEST(MetricsAccess, IsForWhoHasTheKeyAndNobodyElseWhereThereIsOne) {
  const std::string key = "correct horse battery staple and so on";
  running_server server("[metrics]\napi_key_sha256 = [\"" + to_hex(as_bytes(sha256(key))) + "\"]\n");
  EXPECT_EQ(status_with(server, {{"X-API-Key", key}}), 200);
  EXPECT_EQ(status_with(server, {{"Authorization", "apikey " + key}, {"X-Forwarded-For", "198.51.100.7"}}), 200);
  EXPECT_EQ(status_with(server, {}), 401);
  EXPECT_EQ(status_with(server, {{"X-API-Key", key + "!"}}), 401);
  person ada(server, "ada");
  EXPECT_EQ(ada.get("/metrics").status, 401) << "an account is no key";
}

} // namespace
} // namespace palabre::testing
