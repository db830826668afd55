#include "app/export_format.hpp"

#include "base/json_writer.hpp"

#include <openssl/evp.h>
#include <simdjson.h>

namespace palabre::app {
namespace {

constexpr std::string_view format_name = "palabre.export";
constexpr std::uint64_t format_version = 1;

/// RFC 4648 §4, with padding, so that `base64 -d` reads it.
void append_base64(std::string& out, std::string_view bytes) {
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() + 2) / 3 * 4 + 1); // OpenSSL ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + begin),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(begin + static_cast<std::size_t>(size));
}

/// Empty: not such a form.
std::string from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() < 4) return {};
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

using simdjson::dom::element;

std::optional<element> parse_object(std::string_view line) {
  thread_local simdjson::dom::parser parser;
  element top;
  if (parser.parse(line.data(), line.size()).get(top) != simdjson::SUCCESS || !top.is_object()) return std::nullopt;
  return top;
}

std::optional<std::string_view> text_of(const element& in, const char* name) {
  std::string_view text;
  return in[name].get(text) == simdjson::SUCCESS ? std::optional(text) : std::nullopt;
}

std::optional<std::uint64_t> number_of(const element& in, const char* name) {
  std::uint64_t number = 0;
  return in[name].get(number) == simdjson::SUCCESS ? std::optional(number) : std::nullopt;
}

} // namespace

std::string to_line(const export_header& header) {
  std::string out = R"({"format":)";
  append_json_string(out, format_name);
  out += R"(,"version":)";
  append_json_uint(out, format_version);
  out += R"(,"epoch":)";
  append_json_string(out, header.epoch);
  out += R"(,"head":)";
  append_json_uint(out, header.head.value);
  out += R"(,"importable":)";
  out += header.with_stored ? "true" : "false";
  out += R"(,"selection":)";
  if (header.selection.empty())
    out += "null";
  else
    append_json_string(out, header.selection);
  return out + '}';
}

result<export_header> parse_export_header(std::string_view line) {
  const auto top = parse_object(line);
  if (!top || text_of(*top, "format") != format_name) return error{errc::corrupt, "this is no export of Palabre"};
  if (const auto version = number_of(*top, "version"); version != format_version)
    return error{errc::from_the_future, "version " + std::to_string(version.value_or(0)) + " of the format, known is " +
                                            std::to_string(format_version)};
  const auto epoch = text_of(*top, "epoch");
  const auto head = number_of(*top, "head");
  bool importable = false;
  if (!epoch || !head || (*top)["importable"].get(importable) != simdjson::SUCCESS)
    return error{errc::corrupt, "the first line is not whole"};
  return export_header{std::string(*epoch), {*head}, importable, std::string(text_of(*top, "selection").value_or(""))};
}

std::string to_line(const export_trailer& trailer) {
  std::string out = R"({"end":)";
  append_json_string(out, format_name);
  out += R"(,"events":)";
  append_json_uint(out, trailer.events);
  return out + R"(,"sha256":")" + trailer.sha256 + "\"}";
}

result<export_line> parse_export_line(std::string_view line) {
  const auto top = parse_object(line);
  if (!top) return error{errc::corrupt, "not a JSON object"};
  export_line parsed;
  if (text_of(*top, "end") == format_name) {
    parsed.trailer =
        export_trailer{number_of(*top, "events").value_or(0), std::string(text_of(*top, "sha256").value_or(""))};
    return parsed;
  }
  parsed.hash = text_of(*top, "hash").value_or("");
  const auto stored = text_of(*top, "stored");
  if (!stored) return error{errc::corrupt, "has no \"stored\""};
  parsed.stored = from_base64(*stored);
  if (parsed.stored.empty()) return error{errc::corrupt, "\"stored\" is not base64"};
  return parsed;
}

void append_stored(std::string& line, std::string_view stored) {
  line.pop_back();
  line += R"(,"stored":")";
  append_base64(line, stored);
  line += "\"}";
}

} // namespace palabre::app
