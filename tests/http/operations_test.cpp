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

} // namespace
} // namespace palabre::http
