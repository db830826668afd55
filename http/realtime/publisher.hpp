#pragma once
#include "http/realtime/hub.hpp"
#include "storage/record.hpp"

#include <unordered_map>
#include <vector>

namespace palabre::http::realtime {

/// Encodes what a committed batch has for subscribers, once, and hands it to each hub that has any of them.
/// Threads: the journal's only. Lifetime: the hubs outlive it.
class publisher {
public:
  explicit publisher(std::vector<hub*> hubs) : hubs_(std::move(hubs)) {}

  /// A listener of the journal: never blocks. At most one post per hub; none when no hub needs anything of the batch.
  void publish(const storage::committed_batch_ptr& batch);

private:
  struct open_room {
    std::shared_ptr<room_frames> frames; ///< null: nobody listens
  };

  void publish_room_record(const storage::committed_record& record, delivery& out);
  room_frames* frames_for(const storage::record& record, delivery& out);
  void hand_over(delivery_ptr what) const;

  std::vector<hub*> hubs_;
  std::unordered_map<room_id, open_room> open_; ///< of the batch in work
};

} // namespace palabre::http::realtime
