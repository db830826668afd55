#include "bench/report/json.hpp"

#include <boost/json/src.hpp> // the library's own code: in this file only

#include <cmath>

namespace palabre::bench {
namespace {

namespace json = boost::json;

constexpr std::int64_t version = 1;

/// With 12 digits: more than anything measured has, and few enough for the library to read back what it wrote (it is
/// not exact in the last of 17).
json::value number(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == std::floor(value) && std::abs(value) < 1e12) return static_cast<std::int64_t>(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.11e", value);
  return std::strtod(text, nullptr);
}

const char* name_of(better direction) {
  switch (direction) {
  case better::higher: return "higher";
  case better::lower: return "lower";
  case better::neither: break;
  }
  return "neither";
}

json::object texts(const std::vector<name_and_text>& entries) {
  json::object all;
  for (const auto& [name, text] : entries) all[name] = text;
  return all;
}

template <class T, class Written>
json::array each(const std::vector<T>& all, Written written) {
  json::array list;
  for (const auto& one : all) list.push_back(written(one));
  return list;
}

json::value written(const figure& f) {
  return {{"name", f.name}, {"unit", f.unit}, {"better", name_of(f.direction)}, {"value", number(f.value)}};
}

json::value written(const latency& l) {
  json::object whole{{"name", l.name},
                     {"min_ns", l.times_ns.min()},
                     {"max_ns", l.times_ns.max()},
                     {"mean_ns", number(l.times_ns.mean())}};
  whole["buckets"] = each(l.times_ns.buckets(), [](const histogram::bucket& b) -> json::value {
    return json::array{b.upper, b.count};
  });
  return whole;
}

json::value written(const sample& s) {
  return {{"at_s", number(s.at_s)},
          {"per_second", number(s.per_second)},
          {"p50_ms", number(s.p50_ms)},
          {"p99_ms", number(s.p99_ms)},
          {"max_ms", number(s.max_ms)}};
}

json::value written(const std::optional<integrity>& i) {
  if (!i) return nullptr;
  return {{"expected", i->expected},
          {"delivered", i->delivered},
          {"lost", i->lost},
          {"duplicated", i->duplicated},
          {"reordered", i->reordered}};
}

json::value written(const run& r) {
  json::object whole;
  whole["seconds"] = number(r.seconds);
  whole["figures"] = each(r.figures, [](const figure& f) { return written(f); });
  whole["latencies"] = each(r.latencies, [](const latency& l) { return written(l); });
  whole["timeline"] = each(r.timeline, [](const sample& s) { return written(s); });
  whole["deliveries"] = written(r.deliveries);
  whole["generator"] = {{"cpu", number(r.generator.cpu)},
                        {"lag_p99_ms", number(r.generator.lag_p99_ms)},
                        {"limiting", r.generator.limiting}};
  whole["stolen_cores"] = number(r.stolen_cores);
  whole["refused"] = r.refused;
  whole["failures"] = each(r.failures, [](const std::string& f) { return json::value(f); });
  return whole;
}

/// A value of the file and the place where it stands. What is not as expected is a complaint; the first one is kept and
/// everything read after it is empty, so that the readers below need no branches.
class place {
public:
  place(const json::value& value, std::string path, std::string& complaint)
      : value_(&value), path_(std::move(path)), complaint_(&complaint) {}

  place operator[](const char* name) const {
    static const json::value nothing;
    const auto* object = value_->if_object();
    if (!object) complain("an object");
    const auto* member = object ? object->if_contains(name) : nullptr;
    const place found(member ? *member : nothing, path_.empty() ? name : path_ + "." + name, *complaint_);
    if (!member) found.complain("to be there");
    return found;
  }

  template <class Read>
  auto list(Read read) const {
    std::vector<decltype(read(*this))> all;
    const auto* array = value_->if_array();
    if (!array) complain("an array");
    for (std::size_t i = 0; array && i < array->size() && complaint_->empty(); ++i)
      all.push_back(read(place((*array)[i], path_ + "[" + std::to_string(i) + "]", *complaint_)));
    return all;
  }

  std::string text() const {
    const auto* string = value_->if_string();
    if (!string) complain("a text");
    return string ? std::string(*string) : std::string();
  }
  double number() const {
    if (value_->is_null()) return std::nan("");
    boost::system::error_code none;
    const double read = value_->to_number<double>(none);
    if (none) complain("a number");
    return read;
  }
  /// Of what files of earlier days do not have.
  double number_or(const char* name, double otherwise) const {
    const auto* object = value_->if_object();
    return object && !object->contains(name) ? otherwise : (*this)[name].number();
  }
  std::uint64_t count() const {
    boost::system::error_code none;
    const auto read = value_->to_number<std::uint64_t>(none);
    if (none) complain("a whole number that is not negative");
    return none ? 0 : read;
  }
  bool flag() const {
    const auto* boolean = value_->if_bool();
    if (!boolean) complain("true or false");
    return boolean && *boolean;
  }
  std::vector<name_and_text> texts() const {
    std::vector<name_and_text> all;
    const auto* object = value_->if_object();
    if (!object) complain("an object of texts");
    for (std::size_t i = 0; object && i < object->size(); ++i) {
      const auto& member = object->begin()[i];
      const std::string name(member.key());
      all.emplace_back(name, place(member.value(), path_ + "." + name, *complaint_).text());
    }
    return all;
  }

  bool is_null() const { return value_->is_null(); }
  void complain(const char* expected) const {
    if (complaint_->empty()) *complaint_ = (path_.empty() ? "the file" : path_) + ": expected " + expected;
  }

private:
  const json::value* value_;
  std::string path_;
  std::string* complaint_;
};

better read_direction(const place& at) {
  const auto name = at.text();
  for (const auto direction : {better::higher, better::lower, better::neither})
    if (name == name_of(direction)) return direction;
  at.complain("\"higher\", \"lower\" or \"neither\"");
  return better::neither;
}

figure read_figure(const place& at) {
  return {at["name"].text(), at["unit"].text(), read_direction(at["better"]), at["value"].number()};
}

histogram::bucket read_bucket(const place& at) {
  const auto pair = at.list([](const place& one) { return one.count(); });
  if (pair.size() == 2 && pair[0] <= histogram::value_max && pair[1] > 0) return {pair[0], pair[1]};
  at.complain("[ the greatest value in ns, a count above 0 ]");
  return {};
}

/// Whether these are buckets of ours with their extremes: restored() trusts them.
bool belong_together(const std::vector<histogram::bucket>& held, const histogram& restored) {
  const auto again = restored.buckets();
  const bool same = std::ranges::equal(
      again, held, [](const auto& a, const auto& b) { return a.upper == b.upper && a.count == b.count; });
  if (!same || held.empty()) return same;
  histogram extremes;
  extremes.add(restored.min());
  extremes.add(restored.max());
  return extremes.buckets().front().upper == held.front().upper && extremes.buckets().back().upper == held.back().upper;
}

latency read_latency(const place& at) {
  latency read;
  read.name = at["name"].text();
  const auto buckets = at["buckets"];
  const auto held = buckets.list(read_bucket);
  read.times_ns = histogram::restored(held, at["min_ns"].count(), at["max_ns"].count(), at["mean_ns"].number());
  if (!belong_together(held, read.times_ns))
    buckets.complain("buckets of this version's widths, in order, with min_ns in the first and max_ns in the last");
  return read;
}

sample read_sample(const place& at) {
  return {at["at_s"].number(), at["per_second"].number(), at["p50_ms"].number(), at["p99_ms"].number(),
          at["max_ms"].number()};
}

std::optional<integrity> read_deliveries(const place& at) {
  if (at.is_null()) return std::nullopt;
  return integrity{at["expected"].count(), at["delivered"].count(), at["lost"].count(), at["duplicated"].count(),
                   at["reordered"].count()};
}

run read_run(const place& at) {
  run read;
  read.seconds = at["seconds"].number();
  read.figures = at["figures"].list(read_figure);
  read.latencies = at["latencies"].list(read_latency);
  read.timeline = at["timeline"].list(read_sample);
  read.deliveries = read_deliveries(at["deliveries"]);
  const auto generator = at["generator"];
  read.generator = {generator["cpu"].number(), generator["lag_p99_ms"].number(), generator["limiting"].flag()};
  read.stolen_cores = at.number_or("stolen_cores", std::nan(""));
  read.refused = at["refused"].count();
  read.failures = at["failures"].list([](const place& one) { return one.text(); });
  return read;
}

result read_whole(const place& at) {
  return {at["scenario"].text(),    at["question"].text(),     at["target"].text(),
          at["parameters"].texts(), at["environment"].texts(), at["runs"].list(read_run)};
}

/// Where the byte at `offset` stands, as an editor counts.
std::string line_and_column(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = offset - (before.rfind('\n') + 1) + 1; // npos + 1 is 0
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

palabre::result<json::value> parsed(std::string_view text) {
  json::parser parser;
  boost::system::error_code failure;
  const auto read = parser.write_some(text.data(), text.size(), failure);
  if (failure) return error{errc::malformed, "not JSON at " + line_and_column(text, read) + ": " + failure.message()};
  const auto rest = text.substr(read).find_first_not_of(" \t\r\n");
  if (rest != std::string_view::npos)
    return error{errc::malformed, "more than one JSON value: at " + line_and_column(text, read + rest)};
  return parser.release();
}

} // namespace

std::string to_json(const result& r) {
  json::object whole;
  whole["palabre_bench"] = version;
  whole["scenario"] = r.scenario;
  whole["question"] = r.question;
  whole["target"] = r.target;
  whole["parameters"] = texts(r.parameters);
  whole["environment"] = texts(r.environment);
  whole["runs"] = each(r.runs, [](const run& one) { return written(one); });
  return json::serialize(whole) + "\n";
}

palabre::result<result> read_result(std::string_view text) {
  PALABRE_TRY(const auto document, parsed(text));
  std::string complaint;
  const place top(document, "", complaint);
  const auto stored = top["palabre_bench"].count();
  if (complaint.empty() && stored != version)
    return error{errc::from_the_future, "palabre_bench: this program reads version " + std::to_string(version) +
                                            ", the file has " + std::to_string(stored)};
  if (!complaint.empty()) return error{errc::malformed, complaint};
  auto read = read_whole(top);
  if (!complaint.empty()) return error{errc::malformed, complaint};
  return read;
}

} // namespace palabre::bench
