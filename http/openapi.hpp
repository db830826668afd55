#pragma once
// The API's description of itself, made of the route table and nothing else.

#include "http/api.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace palabre::http {

/// The OpenAPI 3.1 document of a table: operations with parameters, bodies, answers, every error they can end in, and
/// examples; `x-palabre-rpc` (the realtime method that does the same), `x-palabre-permission` and
/// `x-palabre-rate-class` say what OpenAPI has no word for.
std::string openapi_document(const std::vector<route>& table, std::string_view version);

/// Every code that a call of this row can be refused with, in the order of their status.
std::vector<std::string_view> codes_of(const route& row);

/// The names of the path parameters, in order: "id", "mid".
std::vector<std::string_view> captures_of(std::string_view path);

/// Who may, in words: "members of the room".
std::string_view words_of(access needs);

/// docs/errors.md and docs/operations_table.md: the catalog of problems and the table of operations, as Markdown.
std::string errors_document();
std::string operations_document(const std::vector<route>& table);

} // namespace palabre::http
