#include "edge_fixture.hpp"
#include "http/pages.hpp"
#include "http/routes/routes.hpp"
#include "http/server/response.hpp"

#include <gmock/gmock.h>

#include <set>

namespace palabre::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class Pages : public edge_fixture {
protected:
  answer_or_problem outcome_of(std::string path, std::string if_none_match = {}) {
    call c;
    c.path = std::move(path);
    c.if_none_match = std::move(if_none_match);
    return run(io, pages.handle(c));
  }
  answer get(std::string path, std::string if_none_match = {}) {
    auto outcome = outcome_of(std::move(path), std::move(if_none_match));
    EXPECT_TRUE(std::holds_alternative<answer>(outcome));
    return std::get<answer>(std::move(outcome));
  }
  static std::string header(const answer& a, std::string_view name) {
    for (const auto& [key, value] : a.headers)
      if (key == name) return value;
    return {};
  }

  std::vector<route> table{page_routes().begin(), page_routes().end()};
  api pages{edge, table};
};

TEST_F(Pages, AreServedAsWhatTheyAre) {
  EXPECT_THAT(get("/").body, HasSubstr("/assets/chat.js"));
  EXPECT_EQ(header(get("/"), "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(get("/docs").body, HasSubstr("/assets/docs.js"));
  EXPECT_EQ(header(get("/assets/chat.js"), "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(header(get("/assets/theme.css"), "Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(header(get("/assets/icon.svg"), "Content-Type"), "image/svg+xml");
  EXPECT_THAT(get("/assets/centrifuge.LICENSE.txt").body, HasSubstr("Permission is hereby granted"));
}

TEST_F(Pages, LetNothingRunButThemselves) {
  for (const char* path : {"/", "/docs", "/assets/chat.js"}) {
    const answer a = get(path);
    const std::string policy = header(a, "Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self';")) << path;
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(policy, Not(HasSubstr("unsafe"))) << path;
    EXPECT_EQ(header(a, "Referrer-Policy"), "no-referrer") << path;
  }
}

TEST_F(Pages, AreSentOnceAndThenAskedFor) {
  const answer first = get("/assets/chat.js");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(header(first, "Cache-Control"), "no-cache");
  const std::string tag = header(first, "ETag");
  const answer again = get("/assets/chat.js", tag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(again, "ETag"), tag);
  EXPECT_EQ(get("/assets/chat.js", "\"another\"").status, 200);
  EXPECT_NE(header(get("/assets/chat.css"), "ETag"), tag);
}

TEST_F(Pages, TellTheirLengthToAHead) {
  const answer page = get("/");
  response_frame frame{"Sat, 21 Nov 2026 01:46:15 GMT", "r", "/", time.at};
  frame.head_only = true;
  std::string bytes;
  append_answer(bytes, page, frame);
  EXPECT_THAT(bytes, HasSubstr("Content-Length: " + std::to_string(page.body.size()) + "\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Cache-Control: no-cache\r\n"));
  EXPECT_THAT(bytes, Not(HasSubstr("application/json")));
  EXPECT_THAT(bytes, EndsWith("\r\n\r\n"));
}

TEST_F(Pages, AreNoOthers) {
  for (const char* path : {"/assets/none.js", "/assets/", "/assets", "/assets/../chat.js", "/assets/..%2Fchat.js",
                           "/assets/vendor%2Fcentrifuge.js", "/docs/", "//", "/chat.html"}) {
    const auto outcome = outcome_of(path);
    ASSERT_TRUE(std::holds_alternative<problem>(outcome)) << path;
    EXPECT_EQ(std::get<problem>(outcome).status, 404) << path;
  }
}

TEST_F(Pages, HaveEverythingTheyAskFor) {
  std::size_t asked = 0;
  for (const embedded_page& page : embedded_pages())
    for (const std::string_view begin : {"\"/assets/", "from './"}) {
      for (auto at = page.bytes.find(begin); at != page.bytes.npos; at = page.bytes.find(begin, at + 1)) {
        const auto name = page.bytes.substr(at + begin.size());
        EXPECT_NE(find_page(name.substr(0, name.find_first_of("\"'"))), nullptr)
            << page.name << " asks for " << name.substr(0, 40);
        ++asked;
      }
    }
  EXPECT_GT(asked, 20u);
}

TEST_F(Pages, HaveANameAndATagEach) {
  std::set<std::string_view> names, tags;
  for (const embedded_page& page : embedded_pages()) {
    EXPECT_TRUE(names.insert(page.name).second) << page.name;
    EXPECT_TRUE(tags.insert(page.etag).second) << page.name;
    EXPECT_FALSE(page.bytes.empty()) << page.name;
  }
}

} // namespace
} // namespace palabre::http
