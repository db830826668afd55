#include "golden_log.hpp"

#include "account.hpp"
#include "memory_disk.hpp"

#include "events/catalog.hpp"
#include "projections/projection.hpp"

#include <fstream>
#include <iostream>

namespace palabre::trust {
namespace {

int digit_of(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(digit_of(text[i]) * 16 + digit_of(text[i + 1]));
  return bytes;
}

/// The people and rooms that the payloads of tests/events/golden speak of.
stream_id stream_for(char kind) {
  const auto id = [&](const char* text) { return stream_id{kind, *parse_uuid(text)}; };
  if (kind == 'r' || kind == 'c') return id("0190b1f0-7c3c-7abc-8def-0123456789ab");
  return id("0190b1f0-7c3a-7abc-8def-0123456789ab");
}

std::string stored_line(char kind, const std::string& type, std::uint16_t schema, const std::string& payload,
                        std::size_t place) {
  storage::record r;
  r.stream = stream_for(kind);
  r.time.ms = 1'767'225'600'000 + static_cast<std::int64_t>(place) * 1'000;
  r.actor = user_id{stream_for('u').id};
  r.schema = schema;
  r.type = type;
  r.correlation = "golden";
  r.payload = payload;
  return storage::encode(r);
}

} // namespace

golden_log::golden_log(const std::string& path) : path_(path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) records_.push_back(from_hex(line));
}

bool golden_log::holds(char kind, std::string_view type, std::uint16_t schema) const {
  for (const std::string& stored : records_) {
    const auto r = storage::decode(stored);
    if (r && r.value().stream.kind == kind && r.value().type == type && r.value().schema == schema) return true;
  }
  return false;
}

std::string golden_log::check_complete() const {
  for (const std::string& stored : records_) {
    const auto r = storage::decode(stored);
    if (!r) return "a golden record does not decode: " + r.error().context;
    if (const auto event = projections::decode(r.value()); !event) return "golden, " + event.error().context;
  }
  for (const auto& known : events::all_types())
    for (std::uint16_t schema = 1; schema <= known.type.schema; ++schema)
      if (!holds(static_cast<char>(known.stream), known.type.name, schema))
        return "the golden log lacks " + std::string(known.type.name) + " version " + std::to_string(schema) +
               ": add it to tests/events/golden/events.txt, then run trust_determinism GOLDEN_LOG --extend events.txt";
  return {};
}

storage::append golden_log::append_of(const std::string& stored) {
  const storage::record r = storage::decode(stored).value();
  storage::append append;
  append.keys = r.keys;
  append.streams.push_back({r.stream, storage::expectation::any(), {stored}});
  return append;
}

bool golden_log::extend(const std::string& events) {
  const auto disk = std::make_shared<memory_disk>();
  seeded_randomness random(1);
  const auto log = storage::event_log::open("/data/log", storage::event_log::access::read_write, random, disk);
  if (!log) return false;
  storage::journal journal(*log.value());
  const auto append = [&](const std::string& stored) { return journal.submit(append_of(stored)) && journal.step(); };
  for (const std::string& stored : records_)
    if (!append(stored)) return false;
  std::ifstream lines(events);
  std::ofstream file(path_, std::ios::app);
  const golden_log before(path_); // of what is added, a type may come more than once
  char kind = 0;
  std::string type, payload;
  std::uint16_t schema = 0;
  while (lines >> kind >> type >> schema && std::getline(lines >> std::ws, payload)) {
    if (before.holds(kind, type, schema)) continue;
    if (!append(stored_line(kind, type, schema, payload, records_.size()))) return false;
    const auto record = log.value()->read(log.value()->head());
    if (!record) return false;
    records_.push_back(record.value().stored);
    file << to_hex(records_.back()) << '\n';
    std::cout << "added " << kind << ' ' << type << ' ' << schema << '\n';
  }
  return file.good();
}

} // namespace palabre::trust
