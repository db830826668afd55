#include "storage/log_tail_check.hpp"

#include "storage/stream_chain.hpp"

#include <unordered_map>

namespace palabre::storage {
namespace {

using heads = std::unordered_map<stream_id, stream_head>;

/// What is wrong with `r` after what was seen of its stream; nullptr: nothing.
const char* contradiction_in_tail(const heads& seen, const record& r) {
  if (r.version == 0) return "has no version";
  if (r.version == 1 && r.previous != sha256_digest{}) return "is the first of its stream and names a predecessor";
  const auto before = seen.find(r.stream);
  if (before == seen.end()) return nullptr;
  return contradiction(before->second, r);
}

result<void> check_indexed(const log_store& store, const record& r) {
  PALABRE_TRY(const auto indexed, store.find_version(r.stream, r.version));
  if (indexed != r.at) return at_position(r.at, {errc::corrupt, "the index of its stream leads elsewhere"});
  for (const idempotency& key : r.keys) {
    PALABRE_TRY(const auto done, store.find_command(key.scope));
    if (!done || done->first != r.at || done->request != key.request)
      return at_position(r.at, {errc::corrupt, "the table of idempotency keys does not lead here"});
  }
  return success();
}

} // namespace

result<void> check_tail(const log_store& store, position head, std::uint64_t records_max) {
  const position after{head.value > records_max ? head.value - records_max : 0};
  heads seen;
  result<void> checked = success();
  PALABRE_TRY(store.scan(after, head, [&](const committed_record& r) {
    if (const char* wrong = contradiction_in_tail(seen, r.view))
      checked = at_position(r.view.at, {errc::corrupt, wrong});
    else
      checked = check_indexed(store, r.view);
    seen[r.view.stream] = {r.view.version, r.view.at, r.hash};
    return checked.has_value();
  }));
  PALABRE_TRY(checked);
  for (const auto& [stream, expected] : seen) {
    PALABRE_TRY(const stream_head head_row, store.head_of(stream));
    if (!(head_row == expected)) return at_position(expected.at, {errc::corrupt, "the head of its stream is another"});
  }
  return success();
}

} // namespace palabre::storage
