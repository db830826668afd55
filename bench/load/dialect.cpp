#include "bench/load/dialect.hpp"

#include "bench/load/dialects.hpp"

#include <algorithm>

namespace palabre::bench {
namespace {

struct entry {
  std::string name;
  std::unique_ptr<dialect> (*make)();
};

const std::vector<entry>& entries() {
  static const std::vector<entry> all{{"palabre", speak_palabre},
                                      {"nchan", speak_nchan},
                                      {"nats", speak_nats},
                                      {"socket.io", speak_socketio},
                                      {"xmpp", speak_xmpp}};
  return all;
}

} // namespace

place named_rooms(const std::string& prefix, std::size_t rooms) {
  place made;
  made.tokens.emplace_back();
  for (std::size_t i = 1; i <= rooms; ++i) made.channels.push_back(prefix + std::to_string(i));
  return made;
}

std::unique_ptr<dialect> make_dialect(std::string_view name) {
  const auto found = std::ranges::find(entries(), name, &entry::name);
  return found == entries().end() ? nullptr : found->make();
}

const std::vector<std::string>& dialect_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& e : entries()) all.push_back(e.name);
    return all;
  }();
  return names;
}

} // namespace palabre::bench
