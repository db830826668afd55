#pragma once
// Damage to stored files, on purpose.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace palabre::testing {

/// One bit of the last byte of `text`, flipped where it stands in the files of a folder with that ending. Put back at
/// the end.
class flipped_byte {
public:
  flipped_byte(const std::string& folder, std::string_view ending, std::string_view text);
  ~flipped_byte();
  flipped_byte(const flipped_byte&) = delete;

  bool found() const { return !file_.empty(); }
  /// Leaves it flipped.
  void keep() { file_.clear(); }

private:
  void flip() const;
  std::string file_;
  std::size_t at_ = 0;
};

/// Every file below a folder, by its path, with its bytes.
std::map<std::string, std::string> contents_below(const std::string& folder);

/// The number behind the first "position " of an error that was printed; 0: there is none.
std::uint64_t named_position(std::string_view complaint);

} // namespace palabre::testing
