#include "storage/log_rows.hpp"

#include "base/bytes.hpp"

#include <cstring>

namespace palabre::storage {
namespace {

void set_stream(char* at, const stream_id& stream) {
  at[0] = stream.kind;
  std::memcpy(at + 1, stream.id.bytes.data(), stream.id.bytes.size());
}

} // namespace

position_key key_of(position at) {
  position_key key;
  set_int(key.data(), at.value);
  return key;
}

stream_key key_of(const stream_id& stream) {
  stream_key key;
  set_stream(key.data(), stream);
  return key;
}

version_key key_of(const stream_id& stream, stream_version version) {
  version_key key;
  set_stream(key.data(), stream);
  set_int(key.data() + stream_id_bytes, version);
  return key;
}

std::optional<position> read_position(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return position{get_int<std::uint64_t>(bytes.data())};
}

std::optional<stream_id> read_stream_id(std::string_view bytes) {
  if (bytes.size() != stream_id_bytes) return std::nullopt;
  return stream_id{bytes[0], uuid_from_bytes(bytes.data() + 1)};
}

std::array<char, head_row_bytes> row_of(const stream_head& head) {
  std::array<char, head_row_bytes> row;
  set_int(row.data(), head.version);
  set_int(row.data() + 8, head.at.value);
  std::memcpy(row.data() + 16, head.hash.data(), head.hash.size());
  return row;
}

std::optional<stream_head> read_head(std::string_view row) {
  if (row.size() != head_row_bytes) return std::nullopt;
  stream_head head;
  head.version = get_int<std::uint64_t>(row.data());
  head.at.value = get_int<std::uint64_t>(row.data() + 8);
  std::memcpy(head.hash.data(), row.data() + 16, head.hash.size());
  return head;
}

std::array<char, command_row_bytes> row_of(const done_command& command) {
  std::array<char, command_row_bytes> row;
  std::memcpy(row.data(), command.request.data(), command.request.size());
  set_int(row.data() + 16, command.status);
  set_int(row.data() + 18, command.first.value);
  set_int(row.data() + 26, command.count);
  return row;
}

std::optional<done_command> read_command(std::string_view row) {
  if (row.size() != command_row_bytes) return std::nullopt;
  done_command command;
  std::memcpy(command.request.data(), row.data(), command.request.size());
  command.status = get_int<std::uint16_t>(row.data() + 16);
  command.first.value = get_int<std::uint64_t>(row.data() + 18);
  command.count = get_int<std::uint32_t>(row.data() + 26);
  return command;
}

std::string row_of(std::uint32_t key_id) {
  std::string row;
  put_int(row, key_id);
  return row;
}

std::optional<std::uint32_t> read_key_id(std::string_view row) {
  if (row.size() != sizeof(std::uint32_t)) return std::nullopt;
  return get_int<std::uint32_t>(row.data());
}

} // namespace palabre::storage
