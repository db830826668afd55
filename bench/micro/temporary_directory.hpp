#pragma once
#include "base/assert.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace palabre::micro {

/// A directory that ends with its owner; where $TMPDIR says, so that another disk can be measured.
class temporary_directory {
public:
  temporary_directory() {
    path_ = (std::filesystem::temp_directory_path() / "palabre-micro-XXXXXX").string();
    PALABRE_ASSERT(::mkdtemp(path_.data()) != nullptr);
  }
  ~temporary_directory() { std::filesystem::remove_all(path_); }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

} // namespace palabre::micro
