#pragma once
// Holds answers against the API's own description: what the tests see on their way is what /openapi.json says.

#include <memory>
#include <string>
#include <string_view>

namespace palabre::testing {

class api_document {
public:
  /// The document of this build's route table.
  api_document();
  ~api_document();

  /// What an answer does that the document does not say; empty: nothing. Paths that it does not have must answer as
  /// problems. `target` may have a query; `body` is empty for HEAD.
  std::string complaint_about(std::string_view method, std::string_view target, int status, std::string_view media,
                              std::string_view body) const;
  /// The same of a JSON value and a schema, "/components/schemas/Room".
  std::string complaint_about_value(std::string_view schema_pointer, std::string_view json) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::testing
