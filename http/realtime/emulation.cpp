#include "http/realtime/emulation.hpp"

#include <simdjson.h>

namespace palabre::http::realtime {

namespace {

struct words {
  std::string session, node, data;
};

/// False: something else than a string stands there; what is absent or null stays empty.
bool read(simdjson::dom::object from, std::string_view key, std::string& out) {
  simdjson::dom::element value;
  if (from.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return true;
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  out = text;
  return true;
}

std::optional<words> parse(const std::string& body) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object root;
  words said;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return std::nullopt;
  if (!read(root, "session", said.session) || !read(root, "node", said.node) || !read(root, "data", said.data))
    return std::nullopt;
  if (said.session.empty()) return std::nullopt;
  return said;
}

} // namespace

answer_or_problem emulate(const sessions& all, const std::string& body) {
  auto said = parse(body);
  if (!said) return problem_of({errc::malformed, "expected {\"session\", \"node\", \"data\"}, all of them strings"});
  if (!said->node.empty() && said->node != all.node()) return problem_of({errc::not_found, "there is no such node"});
  if (!all.say(said->session, std::move(said->data))) return problem_of({errc::not_found, "there is no such session"});
  answer done;
  done.status = 204;
  return done;
}

} // namespace palabre::http::realtime
