#include "bench/report/page.hpp"

#include "bench/report/html.hpp"
#include "bench/report/peers_page.hpp"
#include "made_result.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace palabre::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;";

/// A result in which every text is hostile.
result hostile_result() {
  auto r = made_result({.runs = 2, .operations = 300});
  for (auto* text : {&r.scenario, &r.question, &r.target}) *text = hostile;
  for (auto* entries : {&r.parameters, &r.environment})
    for (auto& [name, text] : *entries) name = text = hostile;
  r.environment.emplace_back("ack means", hostile);
  for (auto& each : r.runs) {
    for (auto& f : each.figures) f.unit = hostile, f.name += hostile;
    for (auto& of : each.latencies) of.name += hostile;
  }
  r.runs[0].failures = {hostile};
  return r;
}

/// Whether each tag that opens is closed, in order. Requires: markup of this program, in which no `>` is in an
/// attribute.
std::string first_unbalanced_tag(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find("<style>"); (at = html.find('<', at)) != std::string::npos;) {
    const auto end = html.find('>', at);
    const auto inside = html.substr(at + 1, end - at - 1);
    const auto name = inside.substr(0, inside.find(' '));
    at = end;
    if (inside.ends_with('/')) continue;
    if (!name.starts_with('/')) {
      open.push_back(name);
    } else {
      if (open.empty()) return name == "/head" || name == "/html" ? first_unbalanced_tag(html.substr(end)) : name;
      if ("/" + open.back() != name) return name;
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(Html, EscapesWhatMarkupIsMadeOf) {
  EXPECT_EQ(escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escaped(std::string_view("\0\n\x1b", 3)), "   ");
  EXPECT_EQ(escaped("größer …"), "größer …");
}

TEST(Page, IsNotBrokenByHostileNames) {
  const auto hostiles = {hostile_result(), hostile_result()};
  for (const auto& html : {page(hostiles), peers_page(hostiles)}) {
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_EQ(first_unbalanced_tag(html), "");
  }
}

TEST(Page, LoadsNothing) {
  const auto html = page({made_result({})});
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const auto* reference : {"http://", "https://", "src=", "url(", "@import", "<link", "<script"})
    EXPECT_THAT(html, Not(HasSubstr(reference)));
}

TEST(Page, ShowsWhatWasFound) {
  auto r = made_result({.noise = 0, .runs = 3});
  const auto html = page({r});
  for (const auto* shown : {"25,000", "fanout", "31.40", "intended start to delivery", "AMD EPYC 9575F", "128 bytes",
                            "99.99 %", "came once to each"})
    EXPECT_THAT(html, HasSubstr(shown));
  EXPECT_THAT(html, Not(HasSubstr("has failed")));
  EXPECT_THAT(html, Not(HasSubstr("Limited by the generator")));
  EXPECT_EQ(first_unbalanced_tag(html), "");
}

TEST(Page, SaysLoudlyWhatIsWrong) {
  auto r = made_result({.runs = 2});
  r.runs[0].failures = {"it fell over"};
  r.runs[1].generator.limiting = true;
  r.runs[1].stolen_cores = 0.25;
  r.runs[1].deliveries->lost = 12'345;
  const auto html = page({r});
  for (const auto* shown : {"This measurement has failed", "run 1: it fell over", "Limited by the generator in run 2",
                            "12,345", "Not every", "cores the host took", "0.25"})
    EXPECT_THAT(html, HasSubstr(shown));
}

TEST(Page, HasATableOfContentsForSeveralResults) {
  auto other = made_result({.target = "another"});
  other.scenario = "idle";
  EXPECT_THAT(page({made_result({}), other}), HasSubstr("href=\"#r2\""));
  EXPECT_THAT(page({other}), Not(HasSubstr("<nav")));
}

TEST(Page, StandsResultsWithNextToNothingInThem) {
  auto r = made_result({.runs = 2, .operations = 0});
  for (auto& each : r.runs) each.timeline.resize(1);
  r.runs[0].figures[0].value = std::nan("");
  r.runs[1].figures.clear();
  r.runs[1].deliveries.reset();
  result bare;
  bare.runs.resize(1);
  for (const auto& html :
       {page({}), page({result()}), page({bare}), page({r}), peers_page({}), peers_page({r, bare})}) {
    EXPECT_EQ(first_unbalanced_tag(html), "");
    EXPECT_THAT(html, Not(HasSubstr("nan")));
    EXPECT_THAT(html, Not(HasSubstr("inf\"")));
  }
}

} // namespace
} // namespace palabre::bench
