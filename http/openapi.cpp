#include "http/openapi.hpp"

#include "base/limits.hpp"
#include "http/problem_catalog.hpp"
#include "http/shape.hpp"

#include <algorithm>
#include <map>

namespace palabre::http {
namespace {

/// The members of a JSON object, one after another.
class members {
public:
  explicit members(std::string& out) : out_(out) { out_ += '{'; }
  members(const members&) = delete;
  ~members() { out_ += '}'; }

  std::string& begin(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json_string(begin(name), value); }
  void json(std::string_view name, std::string_view value) { begin(name) += value; }

private:
  std::string& out_;
  bool first_ = true;
};

constexpr std::string_view example_id = "0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11";
constexpr std::string_view uuid_schema = R"({"type":"string","format":"uuid"})";
constexpr std::string_view text_schema = R"({"type":"string"})";

struct capture {
  std::string_view name, summary, schema, example;
};
constexpr capture captures[] = {
    {"id", "the id of the room or user that the path names", uuid_schema, example_id},
    {"mid", "the id of the message", uuid_schema, example_id},
    {"user_id", "the id of the person", uuid_schema, example_id},
    {"invitation_id", "the id of the invitation", uuid_schema, example_id},
    {"code", "the code of the invitation", text_schema, "3XW8M0QK7N2VBT5C"},
    {"emoji", "one emoji, percent-encoded", R"({"type":"string","minLength":1})", "👍"},
    {"file", "the name of the file", text_schema, "chat.js"},
};

const capture& capture_named(std::string_view name) {
  const auto found = std::ranges::find(captures, name, &capture::name);
  PALABRE_ASSERT(found != std::end(captures));
  return *found;
}

bool is_room_level(access needs) {
  return needs >= access::room_join;
}

void add(std::vector<std::string_view>& codes, std::initializer_list<std::string_view> more) {
  for (const std::string_view code : more)
    if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
}

// ---- Parts of an operation

void append_parameter(std::string& out, std::string_view name, std::string_view in, std::string_view summary,
                      bool required, std::string_view schema, std::string_view example) {
  if (!out.ends_with('[')) out += ',';
  members m(out);
  m.text("name", name);
  m.text("in", in);
  m.text("description", summary);
  if (required) m.json("required", "true");
  m.json("schema", schema);
  if (example.empty()) return;
  if (schema.starts_with(R"({"type":"string")"))
    m.text("example", example);
  else
    m.json("example", example);
}

void append_parameters(std::string& out, const route& row, shape_book& book) {
  out += '[';
  for (const std::string_view name : captures_of(row.path)) {
    const capture& c = capture_named(name);
    append_parameter(out, name, "path", c.summary, true, c.schema, c.example);
  }
  for (const query_parameter* q : row.query)
    append_parameter(out, q->name, "query", q->summary, q->required, q->looks(book), q->example);
  if (row.streams)
    append_parameter(out, "Last-Event-ID", "header", "of a stream: the id of the last event that came, to go on from",
                     false, text_schema, {});
  if (row.idempotent_key)
    append_parameter(out, "Idempotency-Key", "header",
                     "a repeated request with the same key is answered as the first was, and done once", false,
                     R"({"type":"string","minLength":1,"maxLength":128,"pattern":"^[!-~]+$"})", {});
  if (row.tagged && row.method == verb::get)
    append_parameter(out, "If-None-Match", "header", "an ETag: 304 if it is still that", false, text_schema, {});
  if (row.tagged && row.method != verb::get)
    append_parameter(out, "If-Match", "header", "an ETag: 412 if it has changed since", false, text_schema, {});
  if (row.method == verb::get && row.needs != access::anyone)
    append_parameter(out, "Palabre-Min-Position", "header",
                     "a Palabre-Position: the answer shows at least what was written by then", false,
                     R"({"type":"string","pattern":"^[0-9]+$"})", {});
  out += ']';
}

void append_media(members& content, std::string_view media, std::string_view schema, sample example) {
  members m(content.begin(media));
  m.json("schema", schema);
  if (example) m.json("example", example());
}

void append_rate_headers(members& headers, const route& row) {
  if (row.limited_as() == rate_class::unlimited) return;
  headers.json("RateLimit", R"({"$ref":"#/components/headers/RateLimit"})");
  headers.json("RateLimit-Policy", R"({"$ref":"#/components/headers/RateLimit-Policy"})");
}

void append_problem_media(members& content, const std::vector<std::string_view>& codes) {
  members media(content.begin("application/problem+json"));
  media.json("schema", R"({"$ref":"#/components/schemas/Problem"})");
  members examples(media.begin("examples"));
  for (const std::string_view code : codes)
    examples.json(code, "{\"$ref\":\"#/components/examples/" + std::string(code) + "\"}");
}

/// `problems`: what else comes with this status.
void append_answer(std::string& out, const route& row, const given_answer& gives,
                   const std::vector<std::string_view>& problems, shape_book& book) {
  members m(out);
  m.text("description", title_of(gives.status));
  {
    members headers(m.begin("headers"));
    headers.json("X-Request-ID", R"({"$ref":"#/components/headers/X-Request-ID"})");
    append_rate_headers(headers, row);
    if ((row.tagged || row.tells_tag) && gives.looks) headers.json("ETag", R"({"$ref":"#/components/headers/ETag"})");
    if (row.appends()) headers.json("Palabre-Position", R"({"$ref":"#/components/headers/Palabre-Position"})");
    if (row.idempotent_key)
      headers.json("Idempotency-Replayed", R"({"$ref":"#/components/headers/Idempotency-Replayed"})");
  }
  if (!gives.looks) return;
  members content(m.begin("content"));
  append_media(content, gives.media, gives.looks(book), gives.example);
  if (row.streams) append_media(content, "text/event-stream", text_schema, nullptr);
  if (!problems.empty()) append_problem_media(content, problems);
}

void append_refusals(std::string& out, const route& row, int status, const std::vector<std::string_view>& codes) {
  members m(out);
  std::string words;
  for (const std::string_view code : codes) {
    if (!words.empty()) words += "; ";
    words.append("`").append(code).append("`: ").append(problem_kind_of(code).detail);
  }
  m.text("description", words);
  {
    members headers(m.begin("headers"));
    headers.json("X-Request-ID", R"({"$ref":"#/components/headers/X-Request-ID"})");
    append_rate_headers(headers, row);
    if (status == 429 || status == 503) headers.json("Retry-After", R"({"$ref":"#/components/headers/Retry-After"})");
    if (status == 401) headers.json("WWW-Authenticate", R"({"$ref":"#/components/headers/WWW-Authenticate"})");
  }
  members content(m.begin("content"));
  append_problem_media(content, codes);
}

/// Responses that several operations share, each written once.
class response_book {
public:
  /// A reference to a response that says `json`.
  std::string reference_to(int status, std::string json) {
    const auto [at, is_new] = names_.try_emplace(std::move(json));
    if (is_new) at->second = name_of(status);
    return R"({"$ref":"#/components/responses/)" + at->second + "\"}";
  }
  /// JSON → name.
  const std::map<std::string, std::string>& all() const { return names_; }

private:
  /// "NotFound", "NotFound2".
  std::string name_of(int status) {
    std::string name;
    for (const char c : title_of(status))
      if (c != ' ') name += c;
    const int count = ++count_[status];
    return count == 1 ? name : name + std::to_string(count);
  }

  std::map<std::string, std::string> names_;
  std::map<int, int> count_;
};

/// All codes of one status, as one response.
std::string refusal_response(const route& row, int status, const std::vector<std::string_view>& codes) {
  std::string out;
  append_refusals(out, row, status, codes);
  return out;
}

void append_responses(std::string& out, const route& row, shape_book& book, response_book& shared) {
  std::map<int, std::vector<std::string_view>> by_status;
  for (const std::string_view code : codes_of(row)) by_status[problem_kind_of(code).status].push_back(code);
  members m(out);
  append_answer(m.begin(std::to_string(row.gives.status)), row, row.gives, {}, book);
  if (row.otherwise.looks) {
    const int status = row.otherwise.status;
    append_answer(m.begin(std::to_string(status)), row, row.otherwise, by_status[status], book);
    by_status.erase(status);
  }
  if (row.tagged && row.method == verb::get)
    m.json("304", R"({"description":"it is still what the ETag in If-None-Match stands for","headers":{)"
                  R"("ETag":{"$ref":"#/components/headers/ETag"},)"
                  R"("X-Request-ID":{"$ref":"#/components/headers/X-Request-ID"}}})");
  for (const auto& [status, codes] : by_status)
    m.json(std::to_string(status), shared.reference_to(status, refusal_response(row, status, codes)));
}

void append_security(std::string& out, const route& row) {
  if (row.takes_api_key)
    out += R"([{"api_key":[]}])";
  else if (row.for_operator)
    out += R"([{},{"api_key":[]}])";
  else if (row.needs == access::anyone)
    out += "[]";
  else if (row.takes_ticket)
    out += R"([{"bearer":[]},{"ticket":[]}])";
  else
    out += R"([{"bearer":[]}])";
}

/// The first sentence, and what is behind it.
std::pair<std::string_view, std::string_view> sentence_of(std::string_view summary) {
  const auto end = summary.find(". ");
  if (end == summary.npos) return {summary, {}};
  return {summary.substr(0, end + 1), summary.substr(end + 2)};
}

std::string_view who_may(const route& row) {
  if (row.for_operator) return "whoever asks from the server's own machine, or has the operator's key";
  return row.takes_api_key ? "whoever has a key of the namespace" : words_of(row.needs);
}

void append_operation(std::string& out, const route& row, shape_book& book, response_book& shared) {
  members m(out);
  m.text("operationId", row.name);
  append_json_string(m.begin("tags") += '[', row.tag);
  out += ']';
  const auto [summary, rest] = sentence_of(row.summary);
  m.text("summary", summary);
  m.text("description", rest.empty() ? row.summary : rest);
  m.text("x-palabre-permission", who_may(row));
  m.text("x-palabre-rate-class", name_of(row.limited_as()));
  if (!row.rpc.empty()) m.text("x-palabre-rpc", row.rpc);
  append_security(m.begin("security"), row);
  append_parameters(m.begin("parameters"), row, book);
  if (row.takes.looks) {
    members body(m.begin("requestBody"));
    body.json("required", row.takes.checked ? "true" : "false");
    members content(body.begin("content"));
    append_media(content, "application/json", row.takes.looks(book), row.takes.example);
  }
  append_responses(m.begin("responses"), row, book, shared);
}

std::string lower_name_of(verb v) {
  std::string name(name_of(v));
  std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return name;
}

void append_paths(std::string& out, const std::vector<route>& table, shape_book& book, response_book& shared) {
  std::vector<std::string_view> paths;
  for (const route& row : table)
    if (std::ranges::find(paths, row.path) == paths.end()) paths.push_back(row.path);
  members m(out);
  for (const std::string_view path : paths) {
    members operations(m.begin(path));
    for (const route& row : table)
      if (row.path == path) append_operation(operations.begin(lower_name_of(row.method)), row, book, shared);
  }
}

// ---- What operations refer to

struct problem_shape {
  static std::string schema() {
    std::vector<std::pair<std::string, std::string>> properties = {
        {"type", std::string(text_schema)},
        {"title", std::string(text_schema)},
        {"status", shapes::integer(400, 599)},
        {"detail", std::string(text_schema)},
        {"instance", std::string(text_schema)},
        {"code", codes()},
        {"request_id", std::string(text_schema)},
        {"timestamp", R"({"type":"string","format":"date-time"})"},
        {"retryable", R"({"type":"boolean","description":"whether the same request may succeed later"})"},
        {"errors", shapes::array(shapes::object({{"pointer", R"({"type":"string","description":"a JSON pointer into )"
                                                             R"(the body; ?name of a query parameter; {name} of a )"
                                                             R"(part of the path; the name of a header"})"},
                                                 {"code", std::string(text_schema)},
                                                 {"detail", std::string(text_schema)}},
                                                {"pointer", "code", "detail"}))}};
    return shapes::object(
        properties, {"type", "title", "status", "detail", "instance", "code", "request_id", "timestamp", "retryable"});
  }

private:
  static std::string codes() {
    std::vector<std::string_view> all;
    for (const problem_kind& kind : problems::kinds) all.push_back(kind.code);
    return shapes::one_of(all);
  }
};

std::string example_of(const problem_kind& kind) {
  problem p = refusal(kind.code);
  if (kind.code == "validation_failed") p.errors = {{"/name", "required", "this field is needed"}};
  return render(p, "/api/v1/rooms", "0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b7e", timestamp{1'795'255'200'000});
}

void append_components(std::string& out, const std::vector<route>& table, const shape_book& book,
                       const response_book& shared) {
  std::vector<std::string_view> used;
  for (const route& row : table)
    for (const std::string_view code : codes_of(row)) add(used, {code});
  members m(out);
  {
    members schemas(m.begin("schemas"));
    schemas.json("Problem", problem_shape::schema());
    for (const auto& [name, entry] : book.named()) schemas.json(name, entry.schema);
  }
  {
    members responses(m.begin("responses"));
    for (const auto& [json, name] : shared.all()) responses.json(name, json);
  }
  {
    members examples(m.begin("examples"));
    for (const problem_kind& kind : problems::kinds) {
      if (std::ranges::find(used, kind.code) == used.end()) continue;
      members example(examples.begin(kind.code));
      example.text("summary", kind.remedy);
      example.json("value", example_of(kind));
    }
  }
  m.json("headers", R"({"X-Request-ID":{"description":"the request's id: yours if it was sane, else one made here; )"
                    R"(it stands in the log and in every event the request caused","schema":{"type":"string"}},)"
                    R"("ETag":{"description":"for If-None-Match and If-Match","schema":{"type":"string"}},)"
                    R"("Palabre-Position":{"description":"where the log was durable to; for Palabre-Min-Position",)"
                    R"("schema":{"type":"string"}},)"
                    R"("RateLimit":{"description":"what is left: r requests, all of them back in t seconds",)"
                    R"("schema":{"type":"string"}},)"
                    R"("RateLimit-Policy":{"description":"q requests in w seconds","schema":{"type":"string"}},)"
                    R"("Retry-After":{"description":"seconds to wait","schema":{"type":"string"}},)"
                    R"("WWW-Authenticate":{"description":"Bearer","schema":{"type":"string"}},)"
                    R"("Idempotency-Replayed":{"description":"true: this was done before, with the same key",)"
                    R"("schema":{"type":"string","enum":["true"]}}})");
  m.json("securitySchemes",
         R"({"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"},)"
         R"("ticket":{"type":"apiKey","in":"query","name":"ticket","description":"of POST /api/v1/me/tickets"},)"
         R"("api_key":{"type":"apiKey","in":"header","name":"X-API-Key"}})");
}

std::vector<std::string_view> tags_of(const std::vector<route>& table) {
  std::vector<std::string_view> tags;
  for (const route& row : table) add(tags, {row.tag});
  return tags;
}

void append_tags(std::string& out, const std::vector<route>& table) {
  out += '[';
  for (const std::string_view tag : tags_of(table)) {
    if (!out.ends_with('[')) out += ',';
    members m(out);
    m.text("name", tag);
  }
  out += ']';
}

void append_document(std::string& out, const std::vector<route>& table, std::string_view version) {
  shape_book book;
  response_book shared;
  members m(out);
  m.text("openapi", "3.1.0");
  {
    members info(m.begin("info"));
    info.text("title", "Palabre");
    info.text("version", version);
    info.text("summary", "A chat backend in which every change is an event");
    info.text(
        "description",
        "Times are RFC 3339 in UTC with milliseconds, ids are opaque. Fields without a value are null. Errors are "
        "problem documents (RFC 9457) with a stable `code`. The realtime side speaks the Centrifuge protocol at "
        "/connection/websocket; `x-palabre-rpc` names the rpc method that does the same as an operation; rpc calls "
        "{id} `room_id` and {mid} "
        "`message_id`.");
  }
  m.json("jsonSchemaDialect", R"("https://json-schema.org/draft/2020-12/schema")");
  m.json("servers", R"([{"url":"/","description":"this server"}])");
  append_tags(m.begin("tags"), table);
  append_paths(m.begin("paths"), table, book, shared);
  append_components(m.begin("components"), table, book, shared);
}

/// A cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

} // namespace

std::vector<std::string_view> captures_of(std::string_view path) {
  std::vector<std::string_view> names;
  for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1))
    names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
  return names;
}

std::string_view words_of(access needs) {
  switch (needs) {
  case access::anyone: return "anyone";
  case access::user: return "any user";
  case access::administrator: return "administrators";
  case access::room_join: return "any user for a public room, who is invited for a private one";
  case access::room_see: return "any user for a public room, members for a private one";
  case access::room_read: return "members of the room";
  case access::room_post: return "members of the room who may post";
  case access::room_moderate: return "moderators, admins and the owner of the room";
  case access::room_administrate: return "admins and the owner of the room";
  case access::room_own: return "the owner of the room";
  }
  return "";
}

std::vector<std::string_view> codes_of(const route& row) {
  std::vector<std::string_view> codes = {
      "malformed_request", "request_timeout", "payload_too_large", "target_too_long", "expectation_failed",
      "headers_too_large", "internal",        "overloaded",        "unavailable",     "http_version_not_supported"};
  if (row.needs != access::anyone) add(codes, {"unauthenticated", "token_expired"});
  if (row.takes_api_key || row.for_operator) add(codes, {"unauthenticated"});
  if (row.for_operator) add(codes, {"forbidden"});
  if (row.needs == access::administrator || row.needs >= access::room_read) add(codes, {"forbidden"});
  if (row.needs >= access::administrator) add(codes, {"not_yet"});
  if (is_room_level(row.needs) || !captures_of(row.path).empty()) add(codes, {"not_found"});
  if (row.takes.looks) add(codes, {"malformed_json"});
  if (row.takes.looks && row.takes.checked)
    add(codes, {"unsupported_media_type", "validation_failed", "limit_exceeded"});
  if (!row.query.empty()) add(codes, {"validation_failed", "limit_exceeded"});
  if (row.idempotent_key) add(codes, {"idempotency_key_reused", "validation_failed"});
  if (row.tagged && row.method != verb::get) add(codes, {"version_mismatch"});
  if (row.limited_as() != rate_class::unlimited) add(codes, {"rate_limited"});
  if (row.method == verb::get && row.needs != access::anyone) add(codes, {"not_yet", "validation_failed"});
  if (row.appends()) add(codes, {"stale_facts", "abandoned", "not_yet"});
  for (const problem_code& code : row.refuses) add(codes, {code.text});
  std::ranges::stable_sort(codes, {}, [](std::string_view code) { return problem_kind_of(code).status; });
  return codes;
}

std::string openapi_document(const std::vector<route>& table, std::string_view version) {
  std::string out;
  append_document(out, table, version);
  return out;
}

std::string errors_document() {
  std::string out =
      "# Errors\n\nEvery error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, "
      "`detail`, `instance`, `code`,\n`request_id`, `timestamp`, `retryable` and, where fields are wrong, "
      "`errors`. Go by `code`: it is stable, `detail` is for\npeople. The same codes come over realtime "
      "rpc as `message`.\n\n| status | code | what it says | what to do |\n|---|---|---|---|\n";
  for (const problem_kind& kind : problems::kinds) {
    out += "| " + std::to_string(kind.status) + " | `" + std::string(kind.code) + "` | " + cell(kind.detail);
    out += (kind.retryable ? " (retryable)" : "") + std::string(" | ") + cell(kind.remedy) + " |\n";
  }
  return out;
}

std::string operations_document(const std::vector<route>& table) {
  std::string out =
      "# Operations\n\nEvery operation, from the table that the server runs by. `/docs` of a running server "
      "shows them with bodies, answers and\nexamples, and lets you try them; `/openapi.json` is the "
      "document for tools.\n";
  for (const std::string_view tag : tags_of(table)) {
    out += "\n## " + std::string(tag) + "\n\n| | | who may | rpc | rate |\n|---|---|---|---|---|\n";
    for (const route& row : table) {
      if (row.tag != tag) continue;
      out += "| `" + std::string(name_of(row.method)) + ' ' + std::string(row.path) + "` | " +
             cell(sentence_of(row.summary).first) + " | " + std::string(who_may(row)) + " | " +
             (row.rpc.empty() ? "" : "`" + std::string(row.rpc) + "`") + " | " +
             std::string(name_of(row.limited_as())) + " |\n";
    }
  }
  return out;
}

} // namespace palabre::http
