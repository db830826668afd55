#include "http/server/compression.hpp"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace palabre::http {
namespace {

std::string unzipped(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string unbrotlied(const std::string& bytes) {
  std::string out(1 << 20, '\0');
  std::size_t size = out.size();
  EXPECT_EQ(BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(out.data())),
            BROTLI_DECODER_RESULT_SUCCESS);
  out.resize(size);
  return out;
}

TEST(Compression, IsWhatTheClientPrefers) {
  const std::pair<const char*, coding> samples[] = {{"", coding::identity},
                                                    {"gzip", coding::gzip},
                                                    {"br", coding::brotli},
                                                    {"gzip, deflate, br", coding::brotli},
                                                    {"gzip;q=1.0, br;q=0.5", coding::gzip},
                                                    {"br;q=0, gzip", coding::gzip},
                                                    {"*", coding::brotli},
                                                    {"*;q=0", coding::identity},
                                                    {"gzip;q=0, *", coding::brotli},
                                                    {"identity", coding::identity},
                                                    {"gzip;q=x", coding::identity},
                                                    {"gzip;q=1.5", coding::identity},
                                                    {"gzip;q=nan", coding::identity},
                                                    {"GZIP", coding::gzip},
                                                    {" gzip ; q=0.3 ,, ", coding::gzip}};
  for (const auto& [accepted, wanted] : samples) EXPECT_EQ(preferred_coding(accepted), wanted) << accepted;
}

TEST(Compression, ComesBackAsItWas) {
  std::string body;
  for (int i = 0; i < 1'000; ++i) body += R"({"id":)" + std::to_string(i * 7919) + R"(,"body":"Guten Tag, ça va ?"},)";
  EXPECT_EQ(unzipped(compressed(coding::gzip, body)), body);
  EXPECT_EQ(unbrotlied(compressed(coding::brotli, body)), body);
  EXPECT_LT(compressed(coding::gzip, body).size(), body.size() / 4);
  EXPECT_LT(compressed(coding::brotli, body).size(), body.size() / 4);
  EXPECT_EQ(compressed(coding::identity, body), "");
}

} // namespace
} // namespace palabre::http
