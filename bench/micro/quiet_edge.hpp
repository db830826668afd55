#pragma once
#include "bench/micro/temporary_directory.hpp"
#include "http/services.hpp"
#include "storage/views_store.hpp"

#include <memory>

namespace palabre::micro {

/// All that the edge is given, over an empty log, with nobody behind it: commands are dropped, nothing is folded, time
/// stands still.
class quiet_edge {
public:
  quiet_edge();
  ~quiet_edge();

  http::services& services();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace palabre::micro
