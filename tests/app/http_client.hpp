#pragma once
// A small blocking HTTP client, and what it got, as JSON.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palabre::testing {

using headers = std::vector<std::pair<std::string, std::string>>;

struct http_answer {
  int status = 0;
  std::string body;
  headers fields;

  /// Empty when absent.
  std::string header(std::string_view name) const;

  // ---- The body, by JSON pointers. Throw std::runtime_error, with the body, where something else is.
  bool has(std::string_view pointer) const;
  bool is_null(std::string_view pointer) const;
  std::string text(std::string_view pointer) const;
  std::int64_t number(std::string_view pointer) const;
  bool flag(std::string_view pointer) const;
  /// Items of an array.
  std::size_t count(std::string_view pointer) const;
  /// Any value, minified.
  std::string json(std::string_view pointer) const;
};

/// One connection to 127.0.0.1, kept as long as the server keeps it. Throws boost::system::system_error.
class http_client {
public:
  explicit http_client(unsigned short port);
  ~http_client();
  http_client(http_client&&) noexcept;
  http_client& operator=(http_client&&) noexcept;

  http_answer request(std::string_view method, std::string_view target, std::string_view body = {},
                      const headers& with = {});
  /// The same for bytes that are no HTTP request of ours: what comes back before the server closes.
  std::string raw(std::string_view bytes);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// For putting text into a JSON document or a path.
std::string json_quoted(std::string_view text);
std::string escaped(std::string_view path_segment);

} // namespace palabre::testing
