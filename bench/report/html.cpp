#include "bench/report/html.hpp"

#include "bench/report/style.hpp"

namespace palabre::bench {

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    switch (c) {
    case '&': safe += "&amp;"; break;
    case '<': safe += "&lt;"; break;
    case '>': safe += "&gt;"; break;
    case '"': safe += "&quot;"; break;
    case '\'': safe += "&#39;"; break;
    default: safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return safe;
}

namespace {

std::string element(std::string_view name, std::string_view attributes, std::string_view inner) {
  std::string whole = "<";
  whole.append(name);
  if (!attributes.empty()) whole.append(" ").append(attributes);
  whole.append(">").append(inner).append("</").append(name);
  return whole += '>';
}

} // namespace

std::string tag(std::string_view name, std::string_view attributes, std::string_view inner) {
  return element(name, attributes, inner) + "\n";
}

std::string text_tag(std::string_view name, std::string_view attributes, std::string_view text) {
  return element(name, attributes, escaped(text));
}

std::string document(std::string_view title, std::string_view body) {
  std::string whole = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" "
                      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"color-scheme\" content=\"light dark\">\n";
  whole += text_tag("title", "", title);
  whole.append("<style>\n").append(page_style).append("</style>\n</head>\n<body>\n").append(body);
  return whole += "</body>\n</html>\n";
}

} // namespace palabre::bench
