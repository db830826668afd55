#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::storage {

/// Rows of one table that nobody asks for before they are written: side by side, as they came. Threads: one.
class added_rows {
public:
  struct place {
    std::size_t begin; ///< of the key; the row stands behind it
    std::uint32_t key_bytes, row_bytes;
  };

  void add(std::string_view key, std::string_view row);
  bool empty() const { return places_.empty(); }
  /// About what they take in memory.
  std::size_t bytes() const { return bytes_.size() + places_.size() * sizeof(place); }

  /// In the order of keys; of equal ones the last counts, which was added last.
  const std::vector<place>& in_order();
  /// Valid until the next add() or forget_all().
  std::string_view key_at(const place& p) const { return std::string_view(bytes_).substr(p.begin, p.key_bytes); }
  std::string_view row_at(const place& p) const {
    return std::string_view(bytes_).substr(p.begin + p.key_bytes, p.row_bytes);
  }
  /// Their memory is kept: the next batch is about as large.
  void forget_all();

private:
  std::string bytes_;
  std::vector<place> places_;
};

} // namespace palabre::storage
