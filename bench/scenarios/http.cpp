#include "bench/scenarios/http.hpp"

#include "bench/scenarios/repeated.hpp"

namespace palabre::bench {
namespace {

class same_question final : public questioner {
public:
  explicit same_question(std::string request) : request_(std::move(request)) {}
  question next() override { return {request_}; }
  std::string wrong(std::size_t, const http_answer&) override { return {}; }

private:
  const std::string request_;
};

} // namespace

result measure_http(const options& how, const http_reading& what, const tell_progress& tell) {
  auto into =
      begin_result(how, "http", "How many requests a second are answered, and at what cost?", parameters_of(what.load));
  into.environment.emplace_back("path", what.path); // another server has another, and is asked the same
  return repeated(how, std::move(into), tell, [&](arena& server, const tell_progress& nth) {
    same_question question(get_request(server.at(), what.path, {}));
    return request_run(how, what.load, question, server, nth).measure(false);
  });
}

} // namespace palabre::bench
