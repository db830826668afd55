#pragma once
#include "http/realtime/hubs.hpp"
#include "storage/record.hpp"

#include <unordered_map>

namespace palabre::http::realtime {

/// Encodes what a committed batch has for subscribers, once, and hands it to each hub that has any of them.
/// Threads: the journal's only. Lifetime: `to` outlives it.
class publisher {
public:
  explicit publisher(const hubs& to) : to_(to) {}

  /// A listener of the journal: never blocks. At most one post per hub; none when no hub needs anything of the batch.
  void publish(const storage::committed_batch_ptr& batch);

private:
  /// Frames that are still being written; null: nobody listens.
  struct open_channel {
    std::shared_ptr<channel_frames> frames, for_moderators;
  };

  void publish_record(const channel_id& channel, const storage::committed_record& record, delivery& out);
  open_channel& opened(const channel_id& channel, stream_version first, delivery& out);

  const hubs& to_;
  std::unordered_map<channel_id, open_channel> open_; ///< of the batch in work
};

} // namespace palabre::http::realtime
