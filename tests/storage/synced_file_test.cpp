#include "storage/synced_file.hpp"

#include "log_fixture.hpp"

#include <sys/stat.h>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;

TEST(SyncedFile, ADirectoryIsMadeOnceAndForOneselfAlone) {
  const temporary_directory root;
  const std::string path = root / "data";
  EXPECT_TRUE(make_directory(path).value());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  EXPECT_FALSE(make_directory(path).value()) << "it was there";
  EXPECT_FALSE(make_directory(path + "/").value());
}

TEST(SyncedFile, ADirectoryIsNotMadeInOneThatIsNotThere) {
  const temporary_directory root;
  const auto refused = make_directory(root / "no/data");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::io);
  EXPECT_NE(refused.error().context.find(root / "no/data"), std::string::npos) << refused.error().context;
}

} // namespace
} // namespace palabre::storage
