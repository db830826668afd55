#include "file_names.hpp"

#include <gmock/gmock.h>

namespace palabre::tree {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FileNames, HoldNoDrawerInThisTree) {
  const auto paths = file_paths(PALABRE_SOURCE_DIR);
  ASSERT_THAT(paths, Contains("base/result.hpp")) << "not the root of the sources: " << PALABRE_SOURCE_DIR;
  for (const auto& path : paths)
    for (const auto& drawer : drawers_in(path)) ADD_FAILURE() << drawer;
}

TEST(FileNames, RefusesADrawer) {
  EXPECT_THAT(drawers_in("base/util.hpp"), ElementsAre("base/util.hpp:1: a drawer: say what is in it instead of util"));
  EXPECT_THAT(drawers_in("http/detail/parse.cpp"), testing::SizeIs(1));
  EXPECT_THAT(drawers_in("tests/clients/test-helpers.mjs"), testing::SizeIs(1));
  EXPECT_THAT(drawers_in("actors/room_manager.cpp"), testing::SizeIs(1));
}

TEST(FileNames, LetsWordsPassThatOnlyContainOne) {
  EXPECT_THAT(drawers_in("storage/committed.hpp"), IsEmpty());
  EXPECT_THAT(drawers_in("projections/utilisation.cpp"), IsEmpty());
}

} // namespace
} // namespace palabre::tree
