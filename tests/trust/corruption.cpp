// Level 4 of the ladder of trust: damage to the files of a small stopped log: every byte, every length, every file.
// Opening for writing either refuses, saying what was found, where, what is at stake and which command accepts the
// loss, or everything in the log is as it was; reading beside it never tells anything else than the truth, and says
// where it ends. A round is one damage; `--every` takes them in order: each byte with one pattern, each file gone, each
// length, then each byte with the other patterns.

#include "account.hpp"
#include "level_run.hpp"
#include "memory_disk.hpp"

#include "storage/log_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace palabre::trust {
namespace {

using storage::event_log;
using access = event_log::access;

constexpr const char* log_path = "/data/log";

/// A log whose older records are in tables and whose newer ones are in the WAL.
struct subject {
  subject() : written(7) {
    for (int times = 0; times < 3; ++times) write();
    disk = disk->copy();
    for (const std::string& path : disk->files())
      if (!path.ends_with("/LOCK")) files.push_back(path);
    // Nothing is read from OPTIONS files: they may only be missing.
    const auto is_read = [](const std::string& path) { return path.find("/OPTIONS-") == path.npos; };
    std::stable_partition(files.begin(), files.end(), is_read);
    for (const std::string& path : files)
      if (is_read(path)) bytes += disk->bytes_of(path).size();
  }

  std::shared_ptr<memory_disk> disk = std::make_shared<memory_disk>();
  account written;
  std::vector<std::string> files;
  std::uint64_t bytes = 0;
  std::vector<std::string> records; ///< as stored
  std::string epoch;

private:
  /// What the last process wrote is in the tables once the next has opened it.
  void write() {
    seeded_randomness random(7);
    auto log = event_log::open(log_path, access::read_write, random, disk).value();
    storage::journal journal(*log);
    for (int batch = 0; batch < 6; ++batch) {
      for (int appends = 0; appends < 2; ++appends) written.submit(journal, [] { return true; });
      journal.step();
    }
    epoch = log->epoch();
    records.clear();
    for (std::uint64_t p = 1; p <= log->head().value; ++p) records.push_back(log->read({p}).value().stored);
  }
};

struct damage {
  std::string path;
  std::string description;
  std::optional<std::string> bytes; ///< nullopt: the file is gone
};

/// The first finds what trusts a length or a flag, the others what trusts a value.
constexpr std::array<unsigned char, 4> patterns{0x80, 0x01, 0x10, 0xFF};

std::uint64_t damages(const subject& of) {
  return (patterns.size() + 1) * of.bytes + of.files.size();
}

/// The `n`-th of all there are: a byte changed, a file gone, a file cut off, a byte changed otherwise.
damage damage_number(std::uint64_t n, const subject& of) {
  const std::uint64_t behind_first = of.bytes + of.files.size();
  if (n >= of.bytes && n < behind_first) return {of.files[n - of.bytes], "gone", std::nullopt};
  const std::uint64_t pass = n < of.bytes ? 0 : 1 + (n - behind_first) / of.bytes;
  const bool cut = pass == 1;
  std::uint64_t at = pass == 0 ? n : (n - behind_first) % of.bytes;
  std::size_t file = 0;
  for (; at >= of.disk->bytes_of(of.files[file]).size(); ++file) at -= of.disk->bytes_of(of.files[file]).size();
  std::string bytes = of.disk->bytes_of(of.files[file]);
  const std::string place = std::to_string(at) + " of " + std::to_string(bytes.size());
  if (cut) return {of.files[file], "cut off at " + place, bytes.substr(0, at)};
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ patterns[pass == 0 ? 0 : pass - 1]);
  return {of.files[file], "byte " + place + " changed", std::move(bytes)};
}

/// The number behind `words`; nullopt: they are not there, or no number is behind them.
std::optional<std::uint64_t> number_behind(std::string_view words, const std::string& text) {
  const auto at = text.find(words);
  if (at == text.npos || !std::isdigit(static_cast<unsigned char>(text[at + words.size()]))) return std::nullopt;
  return std::stoull(text.substr(at + words.size()));
}

constexpr std::string_view bound = "; readable up to position ";

/// Where it is: a position, the name of a file, or of the family that says of the log what it is.
bool says_where(const std::string& text, const subject& of) {
  const auto is_named = [&](const std::string& path) {
    return text.find(path.substr(path.rfind('/') + 1)) != text.npos;
  };
  return number_behind("position ", text) || text.find("family meta") != text.npos ||
         std::any_of(of.files.begin(), of.files.end(), is_named);
}

/// Empty: the refusal says all that whoever reads it must know: what and where, what is at stake, and the command.
std::string missing_in(const error& refusal, const subject& of) {
  const std::string& text = refusal.context;
  if (refusal.code != errc::corrupt) return "refused as " + std::string(name_of(refusal.code));
  if (!number_behind(bound, text)) return "does not say how far it can be read";
  if (!says_where(text.substr(0, text.find(bound)), of)) return "does not say where";
  const char* const stakes[] = {"at stake are the events from ", "what lies behind the damage cannot be told",
                                "how much was acknowledged is not known"};
  if (std::none_of(std::begin(stakes), std::end(stakes), [&](auto* part) { return text.find(part) != text.npos; }))
    return "does not say what is at stake";
  const bool tells = text.find("palabre recover --data /data --accept-loss") != text.npos;
  return tells ? "" : "does not say which command accepts the loss";
}

class trial {
public:
  trial(const subject& of, const damage& done) : of_(of), disk_(of.disk->copy()) {
    done.bytes ? disk_->set_bytes(done.path, *done.bytes) : disk_->remove(done.path);
  }

  /// Empty: all is as it must be.
  std::string read() {
    const auto opened = event_log::open(log_path, access::read_only, random_, disk_->copy());
    readable = 0;
    if (!opened)
      return says_where(opened.error().context, of_) ? "" : "no reader is told where: " + opened.error().context;
    const event_log& log = *opened.value();
    if (!log.damage() && log.head().value != of_.written.submitted()) return "ends early, and says nothing";
    if (log.damage() && !says_where(*log.damage(), of_)) return "does not say where: " + *log.damage();
    for (std::uint64_t p = 1; p <= log.head().value; ++p) {
      const auto record = log.read({p});
      if (record && record.value().stored != of_.records[p - 1]) return "tells a wrong record at " + std::to_string(p);
      if (record && readable == p - 1) readable = p;
      if (!record && !fails_at(p, record.error())) return "fails as if it were elsewhere: " + record.error().context;
    }
    const bool whole = !log.damage() && log.epoch() == of_.epoch;
    verified = whole && storage::check(log, {{}, 1, true, {}, [](const stream_id&) { return "a stream"; }, {}});
    return {};
  }

  std::string write() {
    const auto opened = event_log::open(log_path, access::read_write, random_, disk_);
    refused = !opened;
    // All of it is in what is looked at when a log is opened: nothing may be found later.
    if (opened) return of_.written.check(*opened.value());
    std::string wrong = missing_in(opened.error(), of_);
    if (wrong.empty() && readable && number_behind(bound, opened.error().context) > *readable)
      wrong = "can be read up to " + std::to_string(*readable) + " only";
    return wrong.empty() ? "" : wrong + ": " + opened.error().context;
  }

  bool refused = false;
  bool verified = false;                 ///< who read it found nothing
  std::optional<std::uint64_t> readable; ///< so many records, from the first on; nullopt: nobody read them

private:
  static bool fails_at(std::uint64_t p, const error& why) {
    return why.code == errc::corrupt && number_behind("position ", why.context) == p;
  }

  const subject& of_;
  const std::shared_ptr<memory_disk> disk_;
  seeded_randomness random_{7};
};

void try_damage(const subject& of, level_run& run, std::uint64_t seed) {
  const std::uint64_t n = run.place_of(seed);
  const damage done = damage_number(n, of);
  trial one(of, done);
  const std::string name = done.path.substr(6);
  const bool reads_too = n % 3 == 0; // it takes as long as all the rest
  for (const std::string& wrong : {reads_too ? one.read() : "", one.write()})
    if (!wrong.empty()) run.fail(seed, name + ", " + done.description + ": " + wrong);
  if (one.verified && one.refused) run.fail(seed, name + ", " + done.description + ": refused, and verified");
  run.add("damages");
  run.add("read_beside", reads_too);
  run.add(!done.bytes ? "files_removed" : done.description.starts_with("cut") ? "truncations" : "bytes_changed");
  run.add(one.refused ? "refused" : "identical");
}

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  using namespace palabre::trust;
  const subject of;
  level_run run(argc, argv, "corruption", 1'500, damages(of));
  run.peak("files", of.files.size());
  run.peak("bytes_of_files", of.bytes);
  while (const auto seed = run.next()) try_damage(of, run, *seed);
  return run.finish();
}
