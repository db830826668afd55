#include "http/server/compression.hpp"

#include "http/header_text.hpp"

#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>

namespace palabre::http {
namespace {

std::string gzipped(std::string_view body) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16, memory = 8;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data())); // zlib does not write there
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

std::string brotlied(std::string_view body) {
  constexpr int quality = 3, window = 18;
  std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
  std::string out(size, '\0');
  const auto* in = reinterpret_cast<const std::uint8_t*>(body.data());
  const bool done = BrotliEncoderCompress(quality, window, BROTLI_MODE_TEXT, body.size(), in, &size,
                                          reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE;
  out.resize(done ? size : 0);
  return out;
}

/// The q of "gzip;q=0.5" in thousandths; 1,000 where there is none, 0 where it cannot be read.
int weight_of(std::string_view item) {
  const auto semicolon = item.find(';');
  if (semicolon == item.npos) return 1'000;
  const auto parameter = trimmed(item.substr(semicolon + 1));
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return 0;
  double q = 0;
  const auto [rest, failed] = std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), q);
  if (failed != std::errc{} || rest != parameter.data() + parameter.size() || !(q >= 0 && q <= 1)) return 0;
  return static_cast<int>(q * 1'000);
}

} // namespace

std::string_view name_of(coding c) {
  switch (c) {
  case coding::gzip: return "gzip";
  case coding::brotli: return "br";
  case coding::identity: break;
  }
  return "identity";
}

coding preferred_coding(std::string_view accept_encoding) {
  int gzip = -1, brotli = -1, any = -1;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto item = trimmed(accept_encoding.substr(0, comma));
    accept_encoding.remove_prefix(comma == accept_encoding.npos ? accept_encoding.size() : comma + 1);
    std::string name(trimmed(item.substr(0, item.find(';'))));
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if (name == "gzip" || name == "x-gzip") gzip = weight_of(item);
    if (name == "br") brotli = weight_of(item);
    if (name == "*") any = weight_of(item);
  }
  if (gzip < 0) gzip = any;
  if (brotli < 0) brotli = any;
  if (brotli > 0 && brotli >= gzip) return coding::brotli;
  return gzip > 0 ? coding::gzip : coding::identity;
}

std::string compressed(coding how, std::string_view body) {
  if (how == coding::gzip) return gzipped(body);
  return how == coding::brotli ? brotlied(body) : std::string();
}

} // namespace palabre::http
