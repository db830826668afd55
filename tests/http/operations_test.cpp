#include "base/digest.hpp"
#include "edge_fixture.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

class Operations : public edge_fixture {
protected:
  answer get(std::string path) {
    call c;
    c.path = std::move(path);
    auto outcome = run(io, operations.handle(c));
    EXPECT_TRUE(std::holds_alternative<answer>(outcome));
    return std::get<answer>(outcome);
  }

  std::vector<route> table{operation_routes().begin(), operation_routes().end()};
  api operations{edge, table};
};

TEST_F(Operations, ALivingProcessSaysSo) {
  edge.settings.version = "1.2.3";
  EXPECT_EQ(get("/health").body, R"({"status":"ok","version":"1.2.3"})");
}

TEST_F(Operations, AreReadyOnceTheViewsHaveReachedTheLog) {
  room_of(a_user(), events::visibility::open);
  const answer early = get("/health/ready");
  EXPECT_EQ(early.status, 503);
  EXPECT_NE(early.body.find(R"({"status":"not_ready","checks":{"projections":"the views)"), std::string::npos)
      << early.body;
  catch_up();
  const answer ready = get("/health/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"status":"ready","checks":{"projections":"ok"}})");
}

TEST_F(Operations, WaitForViewsAsFarBehindAsTheyAreUnderLoadAndNoFurther) {
  const user_id ada = a_user();
  const room_id room = room_of(ada, events::visibility::open);
  catch_up();
  const auto one = joined(ada);
  const std::uint64_t applied = views.applied().value;
  const auto checks = [&] { return get("/health/ready").body; };
  while (log.head().value < applied + limits::batch_records_max + limits::projector_rest_records_max)
    happened(room, ada, one, one, one, one, one, one, one, one);
  EXPECT_NE(checks().find(R"("projections":"the views)"), std::string::npos) << checks();
  happened(room, ada, one);
  EXPECT_NE(checks().find(R"("projections":"at position )" + std::to_string(applied) + " of "), std::string::npos)
      << checks();
}

TEST_F(Operations, AreNotReadyWhenACheckFails) {
  catch_up();
  std::string disk = "full";
  edge.readiness.push_back({"log", [] { return std::string(); }});
  edge.readiness.push_back({"disk", [&disk] { return disk; }});
  const answer failed = get("/health/ready");
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.body, R"({"status":"not_ready","checks":{"log":"ok","disk":"full","projections":"ok"}})");
  disk.clear();
  EXPECT_EQ(get("/health/ready").status, 200);
}

call asking_for_metrics(bool from_here, std::string key = {}) {
  call c;
  c.path = "/metrics";
  c.from_here = from_here;
  c.api_key = std::move(key);
  return c;
}

TEST_F(Operations, ShowMetricsToWhoIsHereOrHasTheKey) {
  edge.metrics = [] { return std::string("up 1\n"); };
  const auto status_for = [&](call c) {
    const auto outcome = run(io, operations.handle(c));
    const auto* shown = std::get_if<answer>(&outcome);
    EXPECT_TRUE(!shown || shown->body == "up 1\n");
    return shown ? shown->status : std::get<problem>(outcome).status;
  };
  const std::string key = "0123456789abcdef0123456789abcdef", other = "0123456789abcdef0123456789abcdee";
  EXPECT_EQ(status_for(asking_for_metrics(true)), 200);
  EXPECT_EQ(status_for(asking_for_metrics(false)), 403);
  EXPECT_EQ(status_for(asking_for_metrics(false, key)), 403) << "there is none that counts";

  edge.settings.metrics_key_hashes = {to_hex(as_bytes(sha256(other))), to_hex(as_bytes(sha256(key)))};
  EXPECT_EQ(status_for(asking_for_metrics(false, key)), 200);
  EXPECT_EQ(status_for(asking_for_metrics(false, other)), 200);
  EXPECT_EQ(status_for(asking_for_metrics(false, key + "0")), 401);
  EXPECT_EQ(status_for(asking_for_metrics(false)), 401);
  EXPECT_EQ(status_for(asking_for_metrics(true)), 401) << "a proxy that says nothing would be here, too";
}

} // namespace
} // namespace palabre::http
