// Channel names: reserved ones are ids or nothing, and read back as they are written.
#include "fuzz.hpp"

#include "http/realtime/channel.hpp"

namespace palabre::fuzz {

using namespace http::realtime;

void look_at(std::string_view input) {
  const auto channel = parse_channel(input);
  PALABRE_ASSERT(channel || is_reserved(input));
  if (!channel) return;
  PALABRE_ASSERT((channel->what == channel_id::kind::named) == !is_reserved(input));
  if (channel->what == channel_id::kind::named) {
    PALABRE_ASSERT(*channel == channel_named(input));
    return;
  }
  std::string name;
  append_name(name, *channel);
  PALABRE_ASSERT(name.size() == input.size() && parse_channel(name) == channel);
}

} // namespace palabre::fuzz
