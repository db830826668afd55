#include "app/backup_manifest.hpp"

#include "base/json_writer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view manifest_name = "manifest.json";
constexpr std::uint64_t manifest_format = 1;
constexpr std::uint64_t manifest_bytes_max = 64 * 1024 * 1024; ///< about 500,000 files

result<std::map<std::string, file_sum>> sums_below(const std::string& directory) {
  std::map<std::string, file_sum> sums;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(directory, failed)) {
    if (!entry.is_regular_file(failed)) continue;
    const std::string name = entry.path().lexically_relative(directory).generic_string();
    PALABRE_TRY(sums[name], sum_of_file(entry.path()));
  }
  if (failed) return error{errc::io, directory + ": " + failed.message()};
  return sums;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += "  ";
  append_json_string(out, name);
  out += ": ";
  append_json_string(out, value);
  out += ",\n";
}

std::string to_json(const backup_manifest& m) {
  std::string out = "{\n  \"format\": ";
  append_json_uint(out, manifest_format);
  out += ",\n";
  append_field(out, "what", m.what);
  append_field(out, "palabre", m.palabre);
  append_field(out, "taken_at", m.taken_at);
  append_field(out, "epoch", m.epoch);
  out += "  \"head\": ";
  append_json_uint(out, m.head.value);
  out += ",\n";
  append_field(out, "head_hash", m.head_hash);
  out += "  \"files\": [";
  const char* between = "\n    ";
  for (const auto& [path, sum] : m.files) {
    out += std::exchange(between, ",\n    ");
    out += R"({"path": )";
    append_json_string(out, path);
    out += R"(, "bytes": )";
    append_json_uint(out, sum.bytes);
    out += R"(, "sha256": ")" + sum.sha256 + "\"}";
  }
  return out + "\n  ]\n}\n";
}

std::string text_of(const simdjson::dom::element& in, const char* name) {
  std::string_view text;
  return in[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::uint64_t number_of(const simdjson::dom::element& in, const char* name) {
  std::uint64_t number = 0;
  return in[name].get(number) == simdjson::SUCCESS ? number : 0;
}

/// Whoever can write the manifest must not choose where its files go.
bool stays_below(const std::string& path) {
  const fs::path p(path);
  return !path.empty() && p.is_relative() &&
         std::none_of(p.begin(), p.end(), [](const auto& part) { return part == ".."; });
}

result<backup_manifest> parse(const std::string& path, const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element top;
  if (parser.parse(text).get(top) != simdjson::SUCCESS || !top.is_object())
    return error{errc::corrupt, path + " is not JSON"};
  if (const std::uint64_t format = number_of(top, "format"); format != manifest_format)
    return error{format > manifest_format ? errc::from_the_future : errc::corrupt,
                 path + ": format " + std::to_string(format) + ", known is " + std::to_string(manifest_format)};
  backup_manifest m{text_of(top, "what"),
                    text_of(top, "palabre"),
                    text_of(top, "taken_at"),
                    text_of(top, "epoch"),
                    {number_of(top, "head")},
                    text_of(top, "head_hash"),
                    {}};
  simdjson::dom::array files;
  if (top["files"].get(files) != simdjson::SUCCESS) return error{errc::corrupt, path + " names no files"};
  for (const simdjson::dom::element file : files) {
    const std::string name = text_of(file, "path");
    if (!stays_below(name)) return error{errc::corrupt, path + " names a file outside: " + name};
    m.files[name] = {number_of(file, "bytes"), text_of(file, "sha256")};
  }
  return m;
}

} // namespace

result<void> write_manifest(const std::string& directory, backup_manifest manifest) {
  PALABRE_TRY(manifest.files, sums_below(directory));
  const std::string path = directory + "/" + std::string(manifest_name);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << to_json(manifest);
  file.close();
  if (!file) return error{errc::io, "cannot write " + path};
  return success();
}

result<backup_manifest> read_manifest(const std::string& directory) {
  const std::string path = directory + "/" + std::string(manifest_name);
  std::error_code failed;
  const std::uint64_t size = fs::file_size(path, failed);
  if (failed) return error{errc::not_found, path + " is not there: this is no backup, or one that was not finished"};
  if (size > manifest_bytes_max) return error{errc::corrupt, path + " is too large for a manifest"};
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file) return error{errc::io, "cannot read " + path};
  return parse(path, text);
}

result<void> copy_backup(const backup_manifest& manifest, const std::string& from, const std::string& to) {
  for (const auto& [name, expected] : manifest.files) {
    const std::string source = from + "/" + name, target = to + "/" + name;
    std::error_code failed;
    if (!fs::exists(source, failed)) return error{errc::corrupt, source + " is missing"};
    fs::create_directories(fs::path(target).parent_path(), failed);
    if (failed) return error{errc::io, target + ": " + failed.message()};
    PALABRE_TRY(const file_sum found, copy_summed(source, target));
    if (!(found == expected))
      return error{errc::corrupt, source + " is not what was backed up: its SHA-256 is another"};
  }
  return success();
}

} // namespace palabre::app
