// GET /health, /health/ready and /metrics: whether the process lives, whether it should get traffic, and how it fares.

#include "base/json_writer.hpp"
#include "http/api_key.hpp"
#include "http/ask.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/entity_tag.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

awaitable<answer_or_problem> get_health(services& s, call&) {
  answer a;
  a.body = "{\"status\":\"ok\",\"version\":";
  append_json_string(a.body, s.settings.version);
  a.body += '}';
  co_return a;
}

/// Why the views are not to be read from; empty: they have reached the log. Far behind says so at once, a little behind
/// may catch up while we wait: under load they always are.
awaitable<std::string> views_failure(services& s) {
  if (!s.views.healthy()) co_return s.views.failure();
  const position head = s.log.head();
  const position applied = s.views.applied();
  if (head.value > applied.value + limits::batch_records_max + limits::projector_rest_records_max)
    co_return "at position " + std::to_string(applied.value) + " of " + std::to_string(head.value);
  auto waiting = wait_for_views(s.views, head);
  const auto reached = co_await std::move(waiting);
  if (!reached) co_return reached.error().context;
  co_return std::string{};
}

using named_failures = std::vector<std::pair<std::string, std::string>>;

answer readiness(const named_failures& checks) {
  answer a;
  std::string list;
  for (const auto& [name, failure] : checks) {
    if (!list.empty()) list += ',';
    append_json_string(list, name);
    list += ':';
    append_json_string(list, failure.empty() ? "ok" : failure);
    if (!failure.empty()) a.status = 503;
  }
  a.body = a.status == 200 ? "{\"status\":\"ready\",\"checks\":{" : "{\"status\":\"not_ready\",\"checks\":{";
  a.body += list;
  a.body += "}}";
  if (a.status == 503) a.headers.emplace_back("Retry-After", "1");
  return a;
}

awaitable<answer_or_problem> get_ready(services& s, call&) {
  named_failures checks;
  for (const readiness_check& check : s.readiness) checks.emplace_back(check.name, check.failure());
  auto looking = views_failure(s);
  std::string behind = co_await std::move(looking);
  checks.emplace_back("projections", std::move(behind));
  co_return readiness(checks);
}

struct description_answer {
  static constexpr std::string_view example = R"({"openapi":"3.1.0"})";
  static std::string schema() { return R"({"type":"object","additionalProperties":true})"; }
};

awaitable<answer_or_problem> get_description(services&, call& c) {
  co_return tagged_answer(c, 0, c.of->description());
}

/// Who has no business here; nullopt: welcome. With a key, being on this machine is not enough: where something passes
/// requests on without a word, everybody seems to be.
std::optional<problem> turn_away(const services& s, const call& c) {
  const auto& keys = s.settings.metrics_key_hashes;
  if (keys.empty() ? c.from_here : opens(keys, c)) return std::nullopt;
  if (auto limited = c.of->rates().take_address(c.address, std::chrono::steady_clock::now())) return limited;
  if (keys.empty())
    return refusal("forbidden", "metrics are shown on the server's own machine; elsewhere with a key, when one is set");
  problem p = refusal("unauthenticated", "the key in X-API-Key is needed");
  p.headers = {{"WWW-Authenticate", "apikey"}};
  return p;
}

awaitable<answer_or_problem> get_metrics(services& s, call& c) {
  if (auto refused = turn_away(s, c)) co_return std::move(*refused);
  if (!s.metrics) co_return refusal("not_found");
  answer a;
  a.body = s.metrics();
  a.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}};
  co_return a;
}

constexpr given_answer text_of_metrics{200, [](shape_book&) -> std::string { return R"({"type":"string"})"; }, nullptr,
                                       "text/plain"};

} // namespace

std::span<const route> operation_routes() {
  static constexpr std::string_view tag = "Operations";
  static constexpr route rows[] = {
      {.name = "get_health",
       .tag = tag,
       .method = verb::get,
       .path = "/health",
       .needs = access::anyone,
       .run = &get_health,
       .summary = "Whether the process lives.",
       .gives = answers_a<health_answer>,
       .rate = rate_class::unlimited},
      {.name = "get_readiness",
       .tag = tag,
       .method = verb::get,
       .path = "/health/ready",
       .needs = access::anyone,
       .run = &get_ready,
       .summary = "Whether the server takes traffic.",
       .gives = answers_a<readiness_answer>,
       .otherwise = {503, shape_of<readiness_answer, direction::given>, sample_of<readiness_answer>},
       .rate = rate_class::unlimited},
      {.name = "get_metrics",
       .tag = tag,
       .method = verb::get,
       .path = "/metrics",
       .needs = access::anyone,
       .run = &get_metrics,
       .summary = "What the server counts, for Prometheus.",
       .gives = text_of_metrics,
       .refuses = {"rate_limited"}, // whom it turns away
       .rate = rate_class::unlimited,
       .for_operator = true},
      {.name = "get_description",
       .tag = tag,
       .method = verb::get,
       .path = "/openapi.json",
       .needs = access::anyone,
       .run = &get_description,
       .summary = "This API, as OpenAPI 3.1.",
       .gives = answers_a<description_answer>,
       .tagged = true},
  };
  return rows;
}

} // namespace palabre::http
