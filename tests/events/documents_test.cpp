// docs/data_format.md is the promise about stored bytes: it has to name every type and every field there is.

#include "events/catalog.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace palabre::events {
namespace {

TEST(DataFormat, DescribesEveryEventType) {
  std::ifstream file(PALABRE_SOURCE_DIR "/docs/data_format.md");
  std::map<std::string, std::string> rows; // "| `type` | fields …" by type, "i member.left" for those of an inbox
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| `"))
      if (const auto end = line.find("` |"); end != std::string::npos) rows[line.substr(3, end - 3)] = line;
  for (const auto& t : all_types()) {
    const std::string kind = t.stream == stream_kind::inbox ? "i " : "";
    const auto row = rows.find(kind + std::string(t.type.name));
    ASSERT_NE(row, rows.end()) << kind << t.type.name << " is not described";
    for (const auto& field : t.fields)
      EXPECT_NE(row->second.find(field.name), std::string::npos) << t.type.name << " has a field " << field.name;
  }
}

} // namespace
} // namespace palabre::events
