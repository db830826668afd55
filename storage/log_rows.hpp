#pragma once
// Keys and values of the log's column families, as docs/data_format.md has them.

#include "storage/event_log.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace palabre::storage {

/// A key on the stack, big-endian so that keys sort as numbers.
using position_key = std::array<char, 8>;
using stream_key = std::array<char, stream_id_bytes>;
using version_key = std::array<char, stream_id_bytes + 8>;

position_key key_of(position at);
stream_key key_of(const stream_id& stream);
version_key key_of(const stream_id& stream, stream_version version);

std::optional<position> read_position(std::string_view bytes);
std::optional<stream_id> read_stream_id(std::string_view bytes);

constexpr std::size_t head_row_bytes = 8 + 8 + 32;
std::array<char, head_row_bytes> row_of(const stream_head& head);
std::optional<stream_head> read_head(std::string_view row);

constexpr std::size_t command_row_bytes = 16 + 2 + 8 + 4;
std::array<char, command_row_bytes> row_of(const done_command& command);
std::optional<done_command> read_command(std::string_view row);

/// The highest key id that a record names, in the family meta.
constexpr std::string_view key_id_max_key = "key_id_max";
std::string row_of(std::uint32_t key_id);
std::optional<std::uint32_t> read_key_id(std::string_view row);
// Keys of the family meta, and the one format there is.
constexpr std::string_view epoch_key = "epoch";
constexpr std::string_view format_key = "format";
constexpr std::string_view log_format = "1";

template <std::size_t N>
std::string_view view_of(const std::array<char, N>& bytes) {
  return {bytes.data(), N};
}

} // namespace palabre::storage
