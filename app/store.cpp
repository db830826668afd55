#include "app/store.hpp"

#include "projections/tables.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace palabre::app {

result<std::unique_ptr<temporary_views>> temporary_views::make() {
  const char* base = std::getenv("TMPDIR");
  std::string pattern = std::string(base && *base ? base : "/tmp") + "/palabre.views.XXXXXX";
  if (!::mkdtemp(pattern.data()))
    return error{errc::io, "cannot make a directory like " + pattern + ": " + std::strerror(errno)};
  std::unique_ptr<temporary_views> made(new temporary_views(pattern));
  PALABRE_TRY(made->store_, storage::views_store::begin(pattern + "/views", projections::tables::forms));
  return made;
}

temporary_views::~temporary_views() {
  store_.reset();
  std::error_code ignored; // nothing rests on it, and the system clears its temporary files
  std::filesystem::remove_all(directory_, ignored);
}

} // namespace palabre::app
