// The API's description of itself: whole, and true.
#include "api_document.hpp"

#include "http/openapi.hpp"
#include "http/permissions_document.hpp"
#include "http/problem_catalog.hpp"
#include "http_client.hpp"
#include "running_server.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

namespace palabre::testing {
namespace {

using http::route_table;

std::string read_document(const std::string& name) {
  std::ifstream file(std::string(PALABRE_SOURCE_DIR) + "/docs/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ApiDocument, NamesEveryOperationOnce) {
  std::set<std::string_view> names;
  for (const auto& row : route_table()) {
    EXPECT_FALSE(row.name.empty()) << row.path;
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " comes twice";
    EXPECT_FALSE(row.tag.empty()) << row.path;
    EXPECT_TRUE(row.summary.ends_with('.')) << row.path << ": a sentence";
  }
}

TEST(ApiDocument, HasExamplesOfTheirShape) {
  const api_document document;
  std::size_t looked_at = 0;
  for (const auto& row : route_table()) {
    std::string path(row.path), verb(name_of(row.method));
    for (char& c : verb) c = static_cast<char>(c | 0x20);
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 2))
      path.replace(slash, 1, "~1");
    const std::string operation = "/paths/" + path + '/' + verb;
    if (row.takes.looks) {
      EXPECT_EQ(document.complaint_about_value(operation + "/requestBody/content/application~1json/schema",
                                               row.takes.example()),
                "")
          << row.name;
      ++looked_at;
    }
    if (row.gives.looks && row.gives.media == "application/json") {
      EXPECT_EQ(document.complaint_about_value(operation + "/responses/" + std::to_string(row.gives.status) +
                                                   "/content/application~1json/schema",
                                               row.gives.example()),
                "")
          << row.name;
      ++looked_at;
    }
  }
  EXPECT_GT(looked_at, 40u);
}

TEST(ApiDocument, ComplainsAboutAnAnswerThatIsNotDescribed) {
  const api_document document;
  const auto said = [&](int status, std::string_view media, std::string_view body) {
    return document.complaint_about("GET", "/health?x=1", status, media, body);
  };
  EXPECT_EQ(said(200, "application/json", R"({"status":"ok","version":"1"})"), "");
  EXPECT_NE(said(201, "application/json", R"({"status":"ok","version":"1"})"), "");
  EXPECT_NE(said(200, "text/plain", R"({"status":"ok","version":"1"})"), "");
  EXPECT_NE(said(200, "application/json", R"({"status":"ok"})"), "");
  EXPECT_NE(said(200, "application/json", R"({"status":"ok","version":1})"), "");
  EXPECT_NE(said(200, "application/json", R"({"status":"ok","version":"1","more":1})"), "");
  EXPECT_NE(said(200, "application/json", ""), "");
}

TEST(ApiDocument, IsServed) {
  running_server server;
  http_client client(server.port());
  const auto got = client.request("GET", "/openapi.json");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.text("/openapi"), "3.1.0");
  EXPECT_FALSE(got.header("ETag").empty());
  EXPECT_EQ(client.request("GET", "/openapi.json", {}, {{"If-None-Match", got.header("ETag")}}).status, 304);
}

TEST(ApiDocument, IsWhatTheDocumentsSay) {
  EXPECT_EQ(read_document("errors.md"), http::errors_document()) << "write it anew: palabre describe errors";
  EXPECT_EQ(read_document("operations_table.md"), http::operations_document(route_table()))
      << "write it anew: palabre describe operations";
  EXPECT_EQ(read_document("permissions.md"), http::permissions_document())
      << "write it anew: palabre describe permissions";
}

} // namespace
} // namespace palabre::testing
