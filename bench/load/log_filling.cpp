#include "bench/load/log_filling.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "events/streams.hpp"

#include <fstream>
#include <optional>
#include <stdexcept>

namespace palabre::bench {
namespace {

std::string read_key(const std::string& data, const std::string& name) {
  const std::string path = data + "/secrets/" + name;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::string key = from_base64url(line);
  if (key.empty()) throw std::runtime_error("there is no key in " + path);
  return key;
}

/// The key ring that a server has made there.
std::shared_ptr<storage::key_ring> open_keys(const std::string& data, randomness& random) {
  auto ring = storage::key_ring::open({data + "/keys", {read_key(data, "master.key")}, 0}, random);
  if (!ring) throw std::runtime_error("the keys: " + ring.error().context);
  return std::move(ring).value();
}

/// The room with the longest stream.
void find_biggest_room(const storage::event_log& log, filled_log& found) {
  stream_id biggest;
  const auto scanned = log.scan_heads([&](const stream_id& stream, const storage::stream_head& head) {
    if (stream.kind == static_cast<char>(events::stream_kind::room) && head.version > found.events_of_biggest_room) {
      biggest = stream;
      found.events_of_biggest_room = head.version;
    }
    return true;
  });
  if (!scanned) throw std::runtime_error("the heads of the log: " + scanned.error().context);
  found.biggest_room = to_text(biggest.id);
}

} // namespace

filled_log fill_log(const std::string& data, const invented_community::plan& what,
                    const std::function<void(double part)>& tell) {
  invention seals(what.seed); // the same log for the same seed
  const projections::record_seal seal(open_keys(data, seals), seals);
  invented_community people(what, read_key(data, "name.key"), &seal);
  system_randomness random; // of the log's epoch
  auto opened = storage::event_log::open(data + "/log", storage::event_log::access::read_write, random);
  if (!opened) throw std::runtime_error("the log: " + opened.error().context);
  const auto log = std::move(opened).value();
  if (log->head() != position{}) throw std::runtime_error("the log in " + data + " is not empty");
  storage::journal journal(*log);
  journal.add_precondition([&seal] { return seal.keys().sync(); });
  filled_log filled;
  std::optional<error> refusal;
  while (!people.is_over() && !refusal) {
    for (const auto batch = people.made(); !people.is_over() && people.made() - batch < limits::batch_records_max;) {
      storage::append next = people.next();
      for (const auto& part : next.streams)
        for (const auto& record : part.records) filled.bytes += record.stored.size();
      next.done = [&refusal](palabre::result<storage::appended> done) {
        if (!done && !refusal) refusal = done.error();
      };
      const auto queued = journal.submit(std::move(next));
      if (!queued) throw std::runtime_error("the journal: " + queued.error().context);
    }
    while (journal.step()) {
    }
    tell(static_cast<double>(people.made()) / static_cast<double>(what.events));
  }
  journal.stop();
  if (refusal) throw std::runtime_error("the log takes no more: " + refusal->context);
  filled.events = log->head().value;
  find_biggest_room(*log, filled);
  return filled;
}

} // namespace palabre::bench
