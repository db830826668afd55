#pragma once
// Fixed-width integers in stored bytes. Keys are big-endian, so that they sort as numbers; so is everything else.

#include <boost/endian/conversion.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace palabre {

/// Requires: `at` has sizeof(Int) bytes.
template <class Int>
Int get_int(const char* at) {
  using boost::endian::order;
  return boost::endian::endian_load<Int, sizeof(Int), order::big>(reinterpret_cast<const unsigned char*>(at));
}

/// Writes over existing bytes. Requires: `at` has sizeof(Int) bytes.
template <class Int>
void set_int(char* at, Int value) {
  using boost::endian::order;
  boost::endian::endian_store<Int, sizeof(Int), order::big>(reinterpret_cast<unsigned char*>(at), value);
}

template <class Int>
void put_int(std::string& out, Int value) {
  char bytes[sizeof(Int)];
  set_int(bytes, value);
  out.append(bytes, sizeof bytes);
}

/// Takes stored bytes apart from the front. Once something is missing, `ok()` is false and every later answer is empty.
class byte_reader {
public:
  explicit byte_reader(std::string_view bytes) : rest_(bytes) {}

  template <class Int>
  Int integer() {
    const std::string_view at = take(sizeof(Int));
    return ok_ ? get_int<Int>(at.data()) : Int{};
  }
  /// A string behind a length of type Int.
  template <class Int>
  std::string_view string() {
    return take(integer<Int>());
  }
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view head = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return head;
  }
  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }
  /// Everything was there, and nothing is left over.
  bool finished() const { return ok_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool ok_ = true;
};

} // namespace palabre
