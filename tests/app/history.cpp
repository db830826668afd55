#include "history.hpp"

#include <simdjson.h>

#include <stdexcept>

namespace palabre::testing {

std::vector<stored_message> messages_after(http_client& client, const std::string& token, const std::string& room,
                                           std::uint64_t after) {
  simdjson::dom::parser parser;
  std::vector<stored_message> all;
  std::string next = "/api/v1/rooms/" + room + "/messages?limit=200&after=" + std::to_string(after);
  while (!next.empty()) {
    const auto got = client.request("GET", next, {}, {{"Authorization", "Bearer " + token}});
    simdjson::dom::element page;
    if (got.status != 200 || parser.parse(got.body).get(page) != simdjson::SUCCESS)
      throw std::runtime_error(next + ": " + std::to_string(got.status) + ' ' + got.body);
    for (const simdjson::dom::element item : page["items"].get_array()) {
      std::string_view body;
      if (item["body"].get(body) != simdjson::SUCCESS) body = {};
      all.push_back(
          {std::string(item["id"].get_string().value()), std::string(body), item["seq"].get_uint64().value()});
    }
    std::string_view link;
    next = page["next"].get(link) == simdjson::SUCCESS ? std::string(link) : std::string{};
  }
  return all;
}

} // namespace palabre::testing
