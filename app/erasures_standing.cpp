#include "app/erasures_standing.hpp"

#include "storage/erased_list.hpp"
#include "storage/key_ring_file.hpp"
#include "storage/synced_file.hpp"

#include <algorithm>
#include <set>

namespace palabre::app {

result<erasures_standing> look_at_erasures(const std::string& keys_directory) {
  PALABRE_TRY(const auto erased, storage::read_erased(keys_directory + "/erased")); // first: the key goes last
  PALABRE_TRY(const auto bytes, storage::read_whole(keys_directory + "/ring"));
  erasures_standing standing{erased.size(), 0};
  if (!bytes || erased.empty()) return standing;
  PALABRE_TRY(const auto ring, storage::read_ring(*bytes));
  std::set<user_id> with_key;
  for (const auto& entry : ring.entries) with_key.insert(entry.user);
  standing.unfinished = static_cast<std::size_t>(
      std::count_if(erased.begin(), erased.end(), [&](const auto& each) { return with_key.contains(each.user); }));
  return standing;
}

} // namespace palabre::app
