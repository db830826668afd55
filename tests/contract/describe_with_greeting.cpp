// Prints the OpenAPI document of this build's table with one more row, for new_endpoint_test.mjs.
#include "http/openapi.hpp"
#include "tests/http/greeting_routes.hpp"

#include <iostream>

int main() {
  const auto table = palabre::http::route_table_and(palabre::http::make_greeting());
  std::cout << palabre::http::openapi_document(table, "test") << std::flush;
  return std::cout ? 0 : 1;
}
