#include "base/correlation.hpp"

#include <gtest/gtest.h>

namespace palabre {
namespace {

constexpr std::string_view trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Correlation, HoldsTheRequestAndItsTrace) {
  EXPECT_EQ(correlation_of("r-1", ""), "r-1");
  const std::string both = correlation_of("r-1", trace);
  EXPECT_EQ(request_id_in(both), "r-1");
  EXPECT_EQ(traceparent_in(both), trace);
  EXPECT_EQ(traceparent_in("r-1"), "");
}

TEST(Correlation, TakesTracesOfTheStandardOnly) {
  EXPECT_TRUE(is_traceparent(trace));
  for (const std::string_view wrong : {"", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                                       "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                       "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                       "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                       "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                       "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                                       "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 "})
    EXPECT_FALSE(is_traceparent(wrong)) << wrong;
}

} // namespace
} // namespace palabre
