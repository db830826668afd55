#include "app/describe_command.hpp"

#include "http/openapi.hpp"
#include "http/permissions_document.hpp"

#include <iostream>

namespace palabre::app {

describe_command::describe_command(CLI::App& program, std::string version) {
  CLI::App* all = program.add_subcommand("describe", "print what the API is, from the table it runs by");
  all->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, std::function<std::string()> text) {
    starts(all->add_subcommand(name, help), [text = std::move(text)] {
      std::cout << text() << std::flush;
      return std::cout ? 0 : 1;
    });
  };
  add("openapi", "the OpenAPI 3.1 document",
      [version = std::move(version)] { return http::openapi_document(http::route_table(), version) + '\n'; });
  add("errors", "every error, as Markdown", http::errors_document);
  add("permissions", "who may do what in a room, as Markdown", http::permissions_document);
  add("operations", "every operation, as Markdown", [] { return http::operations_document(http::route_table()); });
}

} // namespace palabre::app
