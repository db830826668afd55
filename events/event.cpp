#include "events/event.hpp"

namespace palabre::events {

error unknown_type(std::string_view type) {
  return {errc::from_the_future, "event type " + std::string(type) + " is not known here"};
}

} // namespace palabre::events
