#include "disk_volume.hpp"

#include <algorithm>

namespace palabre::trust {
namespace {

using kind = disk_fault::kind;

bool chance(std::mt19937_64& dice, std::uint64_t one_in) {
  return dice() % one_in == 0;
}

/// Overwrites; a disk may have written only the front of it.
void put_at(std::string& bytes, std::size_t offset, std::string_view what) {
  if (bytes.size() < offset + what.size()) bytes.resize(offset + what.size(), '\0');
  std::copy(what.begin(), what.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

} // namespace

void memory_disk::inode::write_at(std::size_t offset, std::string_view what) {
  if (!old) old = bytes;
  unsafe.push_back({offset, std::string(what)});
  put_at(bytes, offset, what);
}

void memory_disk::inode::sync() {
  safe = bytes.size();
  if (old) old = bytes;
  unsafe.clear();
}

void memory_disk::inode::fail_to_sync() {
  if (!old && safe < bytes.size()) lost.push_back({safe, bytes.size()});
  unsafe.clear(); // later syncs find nothing to write
}

std::string memory_disk::inode::after_power_loss(std::mt19937_64& dice, bool hard) const {
  std::string left = old ? *old : bytes.substr(0, safe);
  if (old && !hard) {
    for (const change& each : unsafe) {
      if (chance(dice, 3)) continue; // in any order, so each may be the one that is missing
      const std::size_t size = chance(dice, 4) ? dice() % (each.bytes.size() + 1) : each.bytes.size();
      put_at(left, each.offset, std::string_view(each.bytes).substr(0, size));
    }
  } else if (!old && !hard && safe < bytes.size()) {
    const std::size_t more = dice() % (bytes.size() - safe + 1);
    left += bytes.substr(safe, more);
    if (more > 0 && chance(dice, 4)) // the size was written, the block was not
      std::fill(left.end() - static_cast<std::ptrdiff_t>(1 + dice() % more), left.end(), '\0');
  }
  for (const range& gap : lost)
    for (std::size_t i = gap.from; i < std::min(gap.to, left.size()); ++i) left[i] = '\0';
  return left;
}

bool memory_disk::volume::is_in(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() + 1 && path.starts_with(directory) && path[directory.size()] == '/' &&
         path.find('/', directory.size() + 1) == std::string::npos;
}

memory_disk::volume::node memory_disk::volume::find(const std::string& path) const {
  const auto found = names.find(path);
  return found == names.end() ? nullptr : found->second;
}

void memory_disk::volume::name(const std::string& path, const node& file) {
  unsafe.emplace_back(path, file);
  if (file)
    names[path] = file;
  else
    names.erase(path);
}

void memory_disk::volume::sync_names_in(const std::string& directory) {
  std::erase_if(unsafe, [&](const auto& change) { return is_in(change.first, directory); });
  std::erase_if(safe, [&](const auto& entry) { return is_in(entry.first, directory); });
  for (const auto& [path, file] : names)
    if (is_in(path, directory)) safe[path] = file;
}

std::shared_ptr<memory_disk::volume> memory_disk::volume::copy() const {
  auto made = std::make_shared<volume>();
  for (const auto& [path, file] : names) {
    auto own = std::make_shared<inode>();
    own->is_directory = file->is_directory;
    own->bytes = file->bytes;
    own->safe = own->bytes.size();
    made->names[path] = own;
  }
  made->safe = made->names;
  return made;
}

/// File systems write down changes of names in their order: after a power loss the first of those that were not synced
/// are there. Hard: none is.
std::shared_ptr<memory_disk::volume> memory_disk::volume::after_power_loss(std::mt19937_64& dice) const {
  const bool hard = chance(dice, 2);
  std::map<std::string, node> left = safe;
  const std::size_t kept = hard ? 0 : dice() % (unsafe.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) {
    const auto& [path, file] = unsafe[i];
    if (file)
      left[path] = file;
    else
      left.erase(path);
  }
  auto made = std::make_shared<volume>();
  for (const auto& [path, file] : left) { // in order: a directory comes before what is in it
    const std::string parent = path.substr(0, path.rfind('/'));
    if (!parent.empty() && !made->names.contains(parent)) continue;
    auto own = std::make_shared<inode>();
    own->is_directory = file->is_directory;
    own->bytes = file->after_power_loss(dice, hard);
    own->safe = own->bytes.size();
    made->names[path] = own;
  }
  made->safe = made->names;
  return made;
}

memory_disk::status memory_disk::volume::begin(operation what, const std::string& path) {
  const auto concerns = [&](kind of) {
    switch (of) {
    case kind::io_error: return true;
    case kind::no_space: return what == operation::write || what == operation::name;
    case kind::short_write: return what == operation::write;
    case kind::failed_sync: return what == operation::sync;
    }
    return false;
  };
  for (std::size_t of = 0; of < 4; ++of) counted[of] += concerns(static_cast<kind>(of));
  if (power_left > 0 && --power_left == 0) {
    std::mt19937_64 dice(power_seed);
    remains = after_power_loss(dice);
  }
  if (!fault || !concerns(fault->what)) return status::OK();
  const std::uint64_t now = counted[static_cast<std::size_t>(fault->what)];
  if (now < fault->at || (now > fault->at && !fault->lasting)) return status::OK();
  failed = true;
  if (fault->what == kind::no_space) return status::NoSpace(path, "no space left on device");
  return status::IOError(path, "input/output error");
}

} // namespace palabre::trust
