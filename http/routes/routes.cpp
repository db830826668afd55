#include "http/routes/routes.hpp"

namespace palabre::http {

const std::vector<route>& route_table() {
  static const std::vector<route> table = [] {
    std::vector<route> all;
    for (const auto rows :
         {auth_routes(),    me_routes(),      room_routes(),      moderation_routes(), invitation_routes(),
          message_routes(), mention_routes(), report_routes(),    belonging_routes(),  reaction_routes(),
          pin_routes(),     typing_routes(),  presence_routes(),  reading_routes(),    sync_routes(),
          search_routes(),  event_routes(),   operation_routes(), server_api_routes(), admin_routes(),
          page_routes()})
      all.insert(all.end(), rows.begin(), rows.end());
    return all;
  }();
  return table;
}

} // namespace palabre::http
