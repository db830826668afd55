#pragma once
// Access tokens whose signature was checked already: a look-up instead of an HMAC and two JSON parses.

#include "http/tokens.hpp"

#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace palabre::http {

/// Keyed by the whole text, because whoever finds a text with the same short hash must not be taken for its owner.
/// Requires: texts of at least two bytes. Threads: any. Bounded: a full shard forgets what has expired, or else
/// everything.
class verified_tokens {
public:
  static constexpr std::size_t shards = 16, tokens_per_shard_max = 2'048; ///< about 16 MiB in all

  std::optional<access_claims> find(std::string_view token) const {
    shard& s = shard_of(token);
    const std::lock_guard lock(s.mutex);
    const auto found = s.known.find(token);
    if (found == s.known.end()) return std::nullopt;
    return found->second;
  }

  void remember(std::string token, const access_claims& claims, timestamp now) {
    shard& s = shard_of(token);
    const std::lock_guard lock(s.mutex);
    if (s.known.size() >= tokens_per_shard_max)
      std::erase_if(s.known, [now](const auto& entry) { return entry.second.expires_at <= now; });
    if (s.known.size() >= tokens_per_shard_max) s.known.clear();
    s.known.emplace(std::move(token), claims);
  }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  struct shard {
    std::mutex mutex;
    std::unordered_map<std::string, access_claims, text_hash, std::equal_to<>> known; // by mutex
  };
  /// By the last bytes, which belong to the signature and are as good as random.
  shard& shard_of(std::string_view token) const {
    return shards_[static_cast<unsigned char>(token[token.size() - 2]) % shards];
  }

  mutable std::array<shard, shards> shards_;
};

} // namespace palabre::http
