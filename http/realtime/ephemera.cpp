#include "http/realtime/ephemera.hpp"

namespace palabre::http::realtime {

std::shared_ptr<channel_frames> ephemeral_publication(const channel_id& channel, std::string_view event,
                                                      std::string_view type) {
  std::string body = R"("channel":")";
  append_name(body, channel);
  body += R"(","pub":{"data":)";
  body += event;
  body += R"(,"tags":{"t":")";
  body += type;
  body += R"("}})";
  auto frames = std::make_shared<channel_frames>();
  frames->channel = channel;
  frames->what = channel_frames::kind::ephemera;
  append_push_message(frames->bytes, body, wire::websocket);
  return frames;
}

} // namespace palabre::http::realtime
