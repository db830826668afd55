// What does it cost to find the handler of a request? Unit: ns per look-up. Workload: the server's own table; the path
// with the most segments (two ids and an emoji), the path of a post, one that is not there, and an rpc by its name.

#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/router.hpp"

namespace palabre::micro {
namespace {

struct find_path {
  explicit find_path(std::string wanted) : path(std::move(wanted)) {}
  const http::path_rows* operator()() {
    std::vector<std::string> captures;
    return rows.find(path, captures);
  }
  const std::string path;
  const http::router rows{http::route_table()};
};

struct find_rpc {
  const http::route* operator()() { return rows.find_rpc("message.post"); }
  const http::router rows{http::route_table()};
};

const std::string messages = "/api/v1/rooms/" + to_text(numbered_room(1)) + "/messages";

const registration route_lookup_registered[] = {
    measure<find_path>("http/router/find", messages).gated(2'000),
    measure<find_path>("http/router/find/deep",
                       messages + "/" + to_text(numbered_message(1)) + "/reactions/%F0%9F%91%8D")
        .gated(2'000),
    measure<find_path>("http/router/find/unknown", messages + "/nowhere/at/all").gated(2'000),
    measure<find_rpc>("http/router/find_rpc").gated(2'000),
};

} // namespace
} // namespace palabre::micro
