// docs/data_format.md: what it says of tables is what the projections say.

#include "app/store.hpp"
#include "projections/tables.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace palabre::testing {
namespace {

TEST(DataFormatDocument, NamesTheTablesOfEveryProjection) {
  std::ifstream file(PALABRE_SOURCE_DIR "/docs/data_format.md");
  std::stringstream text;
  text << file.rdbuf();
  app::all_projections projections;
  for (const projections::projection* each : projections.list()) {
    std::string row = "| " + std::string(each->name()) + " | ";
    for (bool first = true; const storage::table t : each->owned_tables())
      row += (std::exchange(first, false) ? "" : ", ") + projections::tables::names[t];
    EXPECT_NE(text.str().find(row + " |\n"), std::string::npos) << row;
  }
}

} // namespace
} // namespace palabre::testing
