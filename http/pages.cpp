#include "http/pages.hpp"

#include <algorithm>

namespace palabre::http {

const embedded_page* find_page(std::string_view name) {
  const auto all = embedded_pages();
  const auto found = std::ranges::find(all, name, &embedded_page::name);
  return found == all.end() ? nullptr : &*found;
}

} // namespace palabre::http
