// GET / and /docs: a page to talk on, one to try the API on, and what they are made of.

#include "http/pages.hpp"

#include "http/routes/entity_tag.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// Nothing inline, nothing from elsewhere but pictures, in nobody's frame.
constexpr const char* content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

answer_or_problem show(const call& c, std::string_view name) {
  const embedded_page* page = find_page(name);
  if (!page) return refusal("not_found");
  answer a;
  if (names_tag(c.if_none_match, page->etag))
    a.status = 304;
  else
    a.body = page->bytes;
  a.headers = {{"Content-Type", std::string(page->media_type)},
               {"ETag", std::string(page->etag)},
               {"Cache-Control", "no-cache"}, // may be kept, but asked for again: the next binary has another
               {"Content-Security-Policy", content_policy},
               {"Referrer-Policy", "no-referrer"}};
  return a;
}

awaitable<answer_or_problem> show_chat(services&, call& c) {
  co_return show(c, "chat.html");
}

awaitable<answer_or_problem> show_docs(services&, call& c) {
  co_return show(c, "docs.html");
}

awaitable<answer_or_problem> show_asset(services&, call& c) {
  co_return show(c, c.captures.front());
}

/// What is answered, as far as OpenAPI has words for it.
constexpr given_answer file_of(std::string_view media) {
  return {200, [](shape_book&) -> std::string { return R"({"type":"string"})"; }, nullptr, media};
}

constexpr route row(std::string_view name, std::string_view path, handler run, std::string_view summary,
                    std::string_view media) {
  route r{.name = name,
          .tag = "Pages",
          .method = verb::get,
          .path = path,
          .needs = access::anyone,
          .run = run,
          .summary = summary};
  r.gives = file_of(media);
  r.tagged = true;
  return r;
}

} // namespace

std::span<const route> page_routes() {
  static constexpr route rows[] = {
      row("show_chat", "/", show_chat, "A page to talk on.", "text/html"),
      row("show_docs", "/docs", show_docs, "A page to try the API on.", "text/html"),
      row("show_asset", "/assets/{file}", show_asset, "What the pages are made of.", "*/*"),
  };
  return rows;
}

} // namespace palabre::http
