#include "greeting_routes.hpp"

#include "http/schema.hpp"
#include "http/shape.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct greeting_body {
  static constexpr std::string_view shape_name = "NewGreeting";
  static constexpr std::string_view example = R"({"to":"Ada","times":2})";
  line<1, 40, "greeted_code_points"> to;
  std::optional<whole<1, 3>> times;
};
BOOST_DESCRIBE_STRUCT(greeting_body, (), (to, times))

struct greeting_answer {
  static constexpr std::string_view shape_name = "Greeting";
  static constexpr std::string_view example = R"({"greeting":"Hello, Ada!"})";
  std::string greeting;
};
BOOST_DESCRIBE_STRUCT(greeting_answer, (), (greeting))

answer greeting_to(std::string_view name, int status) {
  answer a;
  a.status = status;
  a.body = R"({"greeting":)";
  append_json_string(a.body, "Hello, " + std::string(name) + '!');
  a.body += '}';
  return a;
}

awaitable<answer_or_problem> make(services&, call& c) {
  const auto parsed = parse_body<greeting_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const auto& body = std::get<greeting_body>(parsed);
  if (body.times && body.times->value == 3) co_return refusal("conflict", "nobody is greeted three times");
  co_return greeting_to(body.to.value, 201);
}

awaitable<answer_or_problem> look(services&, call& c) {
  const std::string* to = c.query_value("to");
  co_return greeting_to(to ? *to : "you", 200);
}

constexpr query_parameter to{"to", "who is greeted", [](shape_book&) { return shapes::string(1, 40); }, "Ada"};

} // namespace

route make_greeting() {
  return {.name = "make_greeting",
          .tag = "Greetings",
          .method = verb::post,
          .path = "/api/v1/greetings",
          .needs = access::user,
          .run = make,
          .summary = "Greet somebody. Nobody is told.",
          .gives = makes_a<greeting_answer>,
          .takes = takes_a<greeting_body>,
          .refuses = {"conflict"},
          .rpc = "greeting.make",
          .stores_nothing = true};
}

route look_at_greeting() {
  return {.name = "look_at_greeting",
          .tag = "Greetings",
          .method = verb::get,
          .path = "/api/v1/greetings",
          .needs = access::user,
          .run = look,
          .summary = "How somebody would be greeted.",
          .gives = answers_a<greeting_answer>,
          .query = {&to}};
}

std::vector<route> route_table_and(const route& one_more) {
  std::vector<route> all = route_table();
  all.push_back(one_more);
  return all;
}

} // namespace palabre::http
