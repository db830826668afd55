#pragma once
// What pages of other origins may ask and see (the Fetch standard's CORS): those of `[server] allowed_origins`, and no
// cookies, because there are none. Pure functions.

#include "http/server/request_reader.hpp"

#include <string>
#include <string_view>

namespace palabre::http {

/// By the letter: a page of the server's own origin needs no word, and what is not listed gets none.
bool is_listed_origin(std::string_view origin, const std::vector<std::string>& allowed_origins);

/// The answer to OPTIONS on a path that has these methods; with the words for a page of another origin if it is one of
/// `allowed_origins`.
answer options_answer(const request& r, std::string allowed_methods, const std::vector<std::string>& allowed_origins);

/// Appends "Access-Control-…" for an answer that the page may see. Nothing without an origin, or with a strange one.
void append_cors_headers(std::string& out, std::string_view allowed_origin);

} // namespace palabre::http
