#pragma once
// A log whose process has ended, one way or another, and whose files can be changed.

#include "log_fixture.hpp"

#include "storage/log_store.hpp"
#include "storage/watermark.hpp"

#include <fstream>
#include <map>

namespace palabre::storage {

namespace fs = std::filesystem;
using access = event_log::access;

inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline void flip(const fs::path& path, std::size_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

/// Every file below `directory` with its bytes.
inline std::map<std::string, std::string> contents(const std::string& directory) {
  std::map<std::string, std::string> found;
  for (const auto& file : fs::directory_iterator(directory)) found[file.path().filename()] = read_file(file.path());
  return found;
}

/// The number behind "position " at the beginning of a context; 0: there is none.
inline std::uint64_t named_position(const std::string& context) {
  return context.rfind("position ", 0) == 0 ? std::stoull(context.substr(9)) : 0;
}

/// Stops a log in several ways and changes what it left behind.
class stopped_log_fixture : public log_fixture {
protected:
  /// Leaves the files as a killed process would, and goes on with them.
  void kill() {
    const std::string saved = root_ / "saved";
    fs::copy(directory(), saved);
    fs::copy(mark_path(), saved + ".watermark");
    close();
    fs::remove_all(directory());
    fs::rename(saved, directory());
    fs::rename(saved + ".watermark", mark_path());
  }

  /// The one file of that kind, the largest if there are more.
  fs::path file_with(const std::string& extension) {
    fs::path largest;
    for (const auto& file : fs::directory_iterator(directory()))
      if (file.path().extension() == extension && (largest.empty() || file.file_size() > fs::file_size(largest)))
        largest = file.path();
    return largest;
  }

  acked_mark mark() { return *watermark::read(mark_path()).value(); }
  void set_mark(const acked_mark& to) {
    auto file = watermark::open(mark_path());
    ASSERT_TRUE(file && file.value().write(to));
  }

  /// Moves everything from the WAL into files.
  void flush() {
    auto instance = rocksdb_instance::open(log_options(), directory(), log_families()).value();
    for (std::size_t i = 0; i <= family_meta; ++i) ASSERT_TRUE(instance->db().Flush({}, instance->family(i)).ok());
  }
};

} // namespace palabre::storage
