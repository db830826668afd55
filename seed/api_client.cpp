#include "seed/api_client.hpp"

#include "base/json_writer.hpp"
#include "bench/report/columns.hpp"
#include "seed/rate_options.hpp"

#include <simdjson.h>

#include <charconv>
#include <thread>

namespace palabre::seed {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds patience{60}; ///< with a server that says nothing

errc code_of(unsigned status) {
  switch (status) {
  case 401: return errc::unauthenticated;
  case 403: return errc::forbidden;
  case 404: return errc::not_found;
  case 409: return errc::conflict;
  case 429: return errc::limit_exceeded;
  default: return status >= 500 ? errc::unavailable : errc::invalid;
  }
}

std::optional<std::chrono::seconds> seconds_in(std::string_view field) {
  unsigned number = 0;
  const auto [end, wrong] = std::from_chars(field.data(), field.data() + field.size(), number);
  if (wrong != std::errc() || end == field.data()) return std::nullopt;
  return std::chrono::seconds(number);
}

/// Calls `use` with what is at the pointer, if it is there.
template <class Use>
void look(const std::string& body, std::string_view pointer, Use use) {
  simdjson::dom::parser parser;
  simdjson::dom::element root, found;
  if (parser.parse(body).get(root) == simdjson::SUCCESS && root.at_pointer(pointer).get(found) == simdjson::SUCCESS)
    use(found);
}

constexpr int busy_max = 30; ///< how often a server may say that it is busy with itself

bool asks_for_patience(const api_answer& got) {
  return got.status == 429 || got.status == 503;
}

} // namespace

std::optional<std::string> api_answer::text(std::string_view pointer) const {
  std::optional<std::string> value;
  look(body, pointer, [&](const simdjson::dom::element& found) {
    std::string_view words;
    if (found.get(words) == simdjson::SUCCESS) value = words;
  });
  return value;
}

std::uint64_t api_answer::number(std::string_view pointer) const {
  std::uint64_t value = 0;
  look(body, pointer, [&](const simdjson::dom::element& found) {
    if (found.get(value) != simdjson::SUCCESS) value = 0;
  });
  return value;
}

error refusal(const api_request& asked, const api_answer& got) {
  std::string words = std::string(asked.method) + ' ' + asked.path + ": " + std::to_string(got.status);
  if (const auto code = got.text("/code")) words += ' ' + *code;
  const auto detail = got.text("/detail");
  words += detail ? ": " + *detail : got.body.empty() ? "" : ": " + got.body.substr(0, 300);
  if (const auto wrong = got.text("/errors/0/detail"))
    words += " (" + got.text("/errors/0/pointer").value_or("") + ": " + *wrong + ')';
  return {code_of(got.status), bench::printable(words)};
}

api_client::api_client(bench::endpoint at, listener& tell) : at_(std::move(at)), tell_(tell) {}

result<api_answer> api_client::ask(const api_request& request) {
  for (int busy = 0;;) {
    PALABRE_TRY(api_answer got, ask_once(request));
    if (!asks_for_patience(got)) return got;
    if (got.status == 503 && ++busy > busy_max) return refusal(request, got);
    const auto wait = std::max(got.retry_after.value_or(1s), 1s);
    if (!tell_.waits(wait, got)) {
      error why = refusal(request, got);
      why.context += "; " + how_to_lift(got.rate_policy);
      return why;
    }
    std::this_thread::sleep_for(wait);
  }
}

/// A kept connection may have been closed meanwhile: that is no failure, and asked again. What is asked here is the
/// same when it is asked twice.
result<api_answer> api_client::ask_once(const api_request& request) {
  const std::string bytes = written(request);
  for (int tries = 0; tries < 2; ++tries) {
    PALABRE_TRY(connect());
    answer_.reset();
    connection_.send(bytes);
    const auto deadline = loop_.tick() + std::chrono::nanoseconds(patience).count();
    if (!loop_.run_until(deadline, [this] { return answer_ || !connection_.is_open(); })) {
      connection_.cut();
      return error{errc::io, "the server at " + at_.host + " has not answered for a minute"};
    }
    if (answer_) return std::move(*answer_);
  }
  return error{errc::io, "the connection broke: " + broken_};
}

result<void> api_client::connect() {
  if (connection_.is_open()) return success();
  broken_.clear();
  connection_.open(at_);
  const auto deadline = loop_.tick() + std::chrono::nanoseconds(patience).count();
  loop_.run_until(deadline, [this] { return connection_.is_open() || !broken_.empty(); });
  if (connection_.is_open()) return success();
  return error{errc::io, "http://" + at_.host + ':' + std::to_string(at_.port) + ": " +
                             (broken_.empty() ? "cannot connect" : broken_) + "; does a server run there?"};
}

std::string api_client::written(const api_request& request) const {
  std::string bytes = std::string(request.method) + ' ' + request.path + " HTTP/1.1\r\nHost: " + at_.host + ':' +
                      std::to_string(at_.port) + "\r\n";
  if (!request.token.empty()) bytes += "Authorization: Bearer " + request.token + "\r\n";
  if (!request.idempotency_key.empty()) bytes += "Idempotency-Key: " + request.idempotency_key + "\r\n";
  if (!request.body.empty()) bytes += "Content-Type: application/json\r\n";
  if (request.method != "GET") bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return bytes + "\r\n" + request.body;
}

void api_client::answered(const bench::http_answer& answer) {
  answer_.emplace();
  answer_->status = answer.status;
  answer_->body = answer.body;
  answer_->rate_policy = answer.field("ratelimit-policy");
  answer_->retry_after = seconds_in(answer.field("retry-after"));
  answer_->is_replayed = answer.field("idempotency-replayed") == "true";
}

void api_client::closed(std::string_view why) {
  broken_ = why;
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string path_segment(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    out += '%';
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

} // namespace palabre::seed
