#pragma once
#include "base/ids.hpp"

#include <functional>
#include <memory>
#include <string>

namespace palabre::http {

/// Where what is to be told about presence goes. The JSON is made once and shared. Called on the thread of the desk's
/// ticks; must neither block nor call the desk. An empty function: nobody listens.
struct presence_outlets {
  using json = std::shared_ptr<const std::string>;

  std::function<void(user_id to, const json& what)> tell;  ///< to the connections of one user
  std::function<void(room_id in, const json& what)> count; ///< to the subscribers of one room
};

} // namespace palabre::http
