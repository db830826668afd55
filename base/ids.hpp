#pragma once
// Identities are 128 bits, made by the server, and sort by the time they were made (UUIDv7, RFC 9562).

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace palabre {

struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const uuid&, const uuid&) = default;
  bool is_nil() const { return *this == uuid{}; }
};

constexpr std::size_t uuid_text_bytes = 36;

/// Appends the 36 bytes "0190b1f0-7c3a-7…".
void append_text(std::string& out, const uuid& id);
std::string to_text(const uuid& id);
/// Reads exactly the form that `to_text` writes (lower or upper case).
std::optional<uuid> parse_uuid(std::string_view text);

/// The same 128 bits, kept apart by what they name: a room cannot be passed where a user is meant.
template <class Tag>
struct id_of : uuid {
  id_of() = default;
  explicit id_of(const uuid& u) : uuid(u) {}
  static std::optional<id_of> parse(std::string_view text) {
    if (const auto u = parse_uuid(text)) return id_of{*u};
    return std::nullopt;
  }
};
using user_id = id_of<struct user_tag>;
using room_id = id_of<struct room_tag>;
using message_id = id_of<struct message_tag>;
using session_id = id_of<struct session_tag>;
using invitation_id = id_of<struct invitation_tag>;

/// Where ids and secrets come from. Thread-safe.
class randomness {
public:
  virtual ~randomness() = default;
  /// Fills with bytes nobody can predict.
  virtual void fill(std::uint8_t* out, std::size_t size) = 0;

  /// A UUIDv7: 48 bits of `now`, 74 random ones.
  uuid next_id(timestamp now);
};

/// The operating system's generator, by OpenSSL. Each thread has some bytes in advance, so that the generator is asked
/// once for many ids: a process must not go on as two by fork(). Ends the process if it fails.
class system_randomness final : public randomness {
public:
  void fill(std::uint8_t* out, std::size_t size) override;
};

} // namespace palabre

template <>
struct std::hash<palabre::uuid> {
  std::size_t operator()(const palabre::uuid& id) const noexcept {
    std::uint64_t low; // the random half of a UUIDv7
    std::memcpy(&low, id.bytes.data() + 8, 8);
    return low * 0x9E3779B97F4A7C15ull;
  }
};
template <class Tag>
struct std::hash<palabre::id_of<Tag>> : std::hash<palabre::uuid> {};
