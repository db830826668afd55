#include "include_arrows.hpp"

#include <gmock/gmock.h>

namespace palabre::tree {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(IncludeArrows, PointDownwardsInThisTree) {
  const auto sources = cpp_sources(PALABRE_SOURCE_DIR);
  ASSERT_GT(sources.size(), 20u) << "not the root of the sources: " << PALABRE_SOURCE_DIR;
  for (const auto& file : sources)
    for (const auto& wrong : wrong_includes(file)) ADD_FAILURE() << wrong;
}

TEST(IncludeArrows, RefusesAnArrowThatPointsUpwards) {
  EXPECT_THAT(wrong_includes({"events/room.cpp", "#pragma once\n#include \"storage/event_log.hpp\"\n"}),
              ElementsAre("events/room.cpp:2: events/ may not include storage/event_log.hpp"));
  EXPECT_THAT(wrong_includes({"base/clock.hpp", "#include <events/room.hpp>"}),
              ElementsAre("base/clock.hpp:1: base/ may not include events/room.hpp"));
  EXPECT_THAT(wrong_includes({"storage/journal.cpp", "\n\n  #  include \"events/room.hpp\" // why\n"}),
              ElementsAre("storage/journal.cpp:3: storage/ may not include events/room.hpp"));
}

TEST(IncludeArrows, GivesTheEdgeTwoHeadersOfWhatItMayNotInclude) {
  EXPECT_THAT(wrong_includes({"http/ask.hpp", "#include \"actors/protocol.hpp\"\n#include \"storage/record.hpp\"\n"}),
              IsEmpty());
  EXPECT_THAT(wrong_includes({"http/ask.hpp", "#include \"actors/registry.hpp\"\n#include \"storage/journal.hpp\"\n"}),
              ElementsAre("http/ask.hpp:1: http/ may not include actors/registry.hpp",
                          "http/ask.hpp:2: http/ may not include storage/journal.hpp"));
}

TEST(IncludeArrows, LetsAFolderIncludeItselfWhatIsBelowAndLibraries) {
  EXPECT_THAT(wrong_includes({"projections/followers/mail.cpp", "#include \"projections/roster.hpp\"\n"
                                                                "#include \"storage/event_log.hpp\"\n"
                                                                "#include \"base/ids.hpp\"\n"
                                                                "#include <rocksdb/db.h>\n"
                                                                "#include <vector>\n"}),
              IsEmpty());
}

TEST(IncludeArrows, RefusesToClimb) {
  EXPECT_THAT(wrong_includes({"events/room.cpp", "#include \"../storage/event_log.hpp\""}),
              ElementsAre("events/room.cpp:1: include ../storage/event_log.hpp from the root, not with .."));
}

TEST(IncludeArrows, RefusesAFolderNobodyDescribed) {
  EXPECT_THAT(wrong_includes({"engine/main.cpp", ""}),
              ElementsAre("engine/main.cpp:1: C++ outside the folders of the architecture"));
}

TEST(IncludeArrows, IgnoresWhatIsCommentOrText) {
  EXPECT_THAT(wrong_includes({"base/clock.cpp", R"raw(
// #include "http/hub.hpp"
/*
#include "http/hub.hpp"
*/
const char* text = R"(
#include "http/hub.hpp"
)";
)raw"}),
              IsEmpty());
}

} // namespace
} // namespace palabre::tree
