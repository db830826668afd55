#include "storage/views_directories.hpp"

#include "log_fixture.hpp"

#include <fstream>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;

class ViewsDirectories : public ::testing::Test {
protected:
  std::string data() const { return root_ / "."; }
  std::string name_of(const std::string& directory) const { return fs::path(directory).filename(); }
  void make(const std::string& directory) { fs::create_directories(directory); }
  bool has(const std::string& name) const { return fs::exists(data() + "/" + name); }

  temporary_directory root_;
  views_directories directories{data()};
};

TEST_F(ViewsDirectories, BeginsWithViews) {
  EXPECT_EQ(name_of(directories.current()), "views");
  EXPECT_EQ(name_of(directories.unused()), "views.1");
}

TEST_F(ViewsDirectories, NeverGivesADirectoryTwice) {
  make(directories.current());
  for (const char* expected : {"views.1", "views.2", "views.3"}) {
    const std::string next = directories.unused();
    EXPECT_EQ(name_of(next), expected);
    make(next);
  }
}

TEST_F(ViewsDirectories, SwitchesAndRemovesTheOthers) {
  make(directories.current());
  make(data() + "/log");
  const std::string next = directories.unused();
  make(next);
  make(directories.unused());
  ASSERT_TRUE(directories.switch_to(next));
  EXPECT_EQ(name_of(directories.current()), "views.1");
  EXPECT_TRUE(has("views"));
  directories.remove_others();
  EXPECT_FALSE(has("views"));
  EXPECT_TRUE(has("views.1"));
  EXPECT_FALSE(has("views.2"));
  EXPECT_TRUE(has("log"));
  EXPECT_EQ(name_of(directories.unused()), "views.2");
}

TEST_F(ViewsDirectories, KeepsOnlyWhatIsInUseWhateverThePointerSays) {
  for (const char* name : {"views", "views.1", "views.2", "log"}) make(data() + "/" + name);
  for (const char* in_use : {"views.1", "views.1"}) { // again: nothing is left to do
    ASSERT_TRUE(directories.keep_only(data() + "/" + in_use));
    EXPECT_EQ(name_of(directories.current()), "views.1");
    EXPECT_FALSE(has("views"));
    EXPECT_TRUE(has("views.1"));
    EXPECT_FALSE(has("views.2"));
    EXPECT_TRUE(has("log"));
  }
}

TEST_F(ViewsDirectories, KeepsAllWhereTheSwitchFails) {
  for (const char* name : {"views", "views.1", "views.current.new"}) make(data() + "/" + name);
  EXPECT_EQ(directories.keep_only(data() + "/views.1").error().code, errc::io);
  EXPECT_TRUE(has("views"));
  EXPECT_TRUE(has("views.1"));
  EXPECT_EQ(name_of(directories.current()), "views");
}

TEST_F(ViewsDirectories, TakeNoOthersWordForIt) {
  make(directories.current());
  for (const char* text : {"", "\n", "log\n", "../log\n", "views.0\n", "views.01\n", "views.x\n", "views.1/../log\n"}) {
    std::ofstream(data() + "/views.current", std::ios::trunc) << text;
    EXPECT_EQ(name_of(directories.current()), "views") << text;
  }
  make(data() + "/views.old"); // somebody else's
  directories.remove_others();
  EXPECT_TRUE(has("views.old"));
}

TEST_F(ViewsDirectories, SayWhereTheyCannotSwitch) {
  const views_directories nowhere(data() + "/nothing/here");
  const auto switched = nowhere.switch_to(nowhere.unused());
  ASSERT_FALSE(switched);
  EXPECT_EQ(switched.error().code, errc::io);
  EXPECT_NE(switched.error().context.find("views.current"), std::string::npos);
}

} // namespace
} // namespace palabre::storage
