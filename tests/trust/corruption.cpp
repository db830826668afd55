// Level 4 of the ladder of trust: damage to the files of a small stopped log: every byte, every length, every file.
// Opening for writing either refuses, saying what was found, where, what is at stake and which command accepts the
// loss, or everything in the log is as it was; reading beside it never tells anything else than the truth. A round is
// one damage; the rounds of a long run meet every byte of every file, each with several patterns.

#include "account.hpp"
#include "level_run.hpp"
#include "memory_disk.hpp"

#include <algorithm>
#include <array>

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
    records.clear();
    for (std::uint64_t p = 1; p <= log->head().value; ++p) records.push_back(log->read({p}).value().stored);
  }
};

struct damage {
  std::string path;
  std::string description;
  std::optional<std::string> bytes; ///< nullopt: the file is gone
};

/// The `n`-th of all there are: a byte changed, a file cut off, a file gone.
damage damage_number(std::uint64_t n, const subject& of) {
  const std::uint64_t pattern = n / (2 * of.bytes + of.files.size());
  n %= 2 * of.bytes + of.files.size();
  if (n >= 2 * of.bytes) return {of.files[n - 2 * of.bytes], "gone", std::nullopt};
  const bool cut = n >= of.bytes;
  std::uint64_t at = n % of.bytes;
  std::size_t file = 0;
  for (; at >= of.disk->bytes_of(of.files[file]).size(); ++file) at -= of.disk->bytes_of(of.files[file]).size();
  std::string bytes = of.disk->bytes_of(of.files[file]);
  const std::string place = std::to_string(at) + " of " + std::to_string(bytes.size());
  if (cut) return {of.files[file], "cut off at " + place, bytes.substr(0, at)};
  constexpr std::array<unsigned char, 4> patterns{0x10, 0x01, 0xFF, 0x80};
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ patterns[pattern % patterns.size()]);
  return {of.files[file], "byte " + place + " changed", std::move(bytes)};
}

/// Empty: the refusal says all that whoever reads it must know.
std::string missing_in(const error& refusal) {
  if (refusal.code != errc::corrupt) return "refused as " + std::string(name_of(refusal.code));
  for (const char* part : {"readable up to position ", "acknowledged", "palabre recover", "--accept-loss"})
    if (refusal.context.find(part) == std::string::npos) return std::string("does not say \"") + part + '"';
  return {};
}

class trial {
public:
  trial(const subject& of, const damage& done) : of_(of), disk_(of.disk->copy()) {
    done.bytes ? disk_->set_bytes(done.path, *done.bytes) : disk_->remove(done.path);
  }

  /// Empty: all is as it must be.
  std::string read() {
    const auto disk = disk_->copy();
    const auto opened = event_log::open(log_path, access::read_only, random_, disk);
    if (!opened) return opened.error().context.empty() ? "refused without a reason" : "";
    const event_log& log = *opened.value();
    if (!log.damage() && log.head().value != of_.written.submitted()) return "ends early, and says nothing";
    for (std::uint64_t p = 1; p <= log.head().value; ++p) {
      const auto record = log.read({p});
      const auto original = original_at(p);
      if (!record && record.error().context.empty()) return "fails without a reason";
      if (record && record.value().stored != original) return "tells a wrong record at " + std::to_string(p);
    }
    return {};
  }

  std::string write() {
    const auto opened = event_log::open(log_path, access::read_write, random_, disk_);
    refused = !opened;
    if (!opened) {
      const std::string missing = missing_in(opened.error());
      return missing.empty() ? "" : missing + ": " + opened.error().context;
    }
    const std::string wrong = of_.written.check(*opened.value());
    if (wrong.empty()) return {};
    // Damage deep in a table shows when it is read: an error that says where is right, another answer is not.
    found_later = wrong.find("orruption") != std::string::npos;
    return found_later ? "" : wrong;
  }

  bool refused = false, found_later = false;

private:
  std::string original_at(std::uint64_t p) const { return of_.records[p - 1]; }

  const subject& of_;
  const std::shared_ptr<memory_disk> disk_;
  seeded_randomness random_{7};
};

void try_damage(std::uint64_t n, const subject& of, level_run& run, std::uint64_t seed) {
  const damage done = damage_number(n, of);
  trial one(of, done);
  const std::string name = done.path.substr(6);
  const bool reads_too = n % 3 == 0; // it takes as long as all the rest
  for (const std::string& wrong : {reads_too ? one.read() : "", one.write()})
    if (!wrong.empty()) run.fail(seed, name + ", " + done.description + ": " + wrong);
  run.add("read_beside", reads_too);
  run.add(!done.bytes ? "files_removed" : done.description.starts_with("cut") ? "truncations" : "bytes_changed");
  run.add(one.refused ? "refused" : one.found_later ? "found_when_read" : "identical");
}

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  using namespace palabre::trust;
  level_run run(argc, argv, "corruption", 1'500);
  const subject of;
  run.peak("files", of.files.size());
  run.peak("bytes_of_files", of.bytes);
  constexpr std::uint64_t stride = 1'000'003; // a prime: rounds are spread, and as many as there are damages meet each
  while (const auto seed = run.next())
    try_damage(*seed * stride % (8 * of.bytes + 4 * of.files.size()), of, run, *seed);
  return run.finish();
}
