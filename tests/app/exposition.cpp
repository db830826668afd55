#include "exposition.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace palabre::testing {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view digits = "0123456789";

[[noreturn]] void refuse(std::string_view why, std::string_view line) {
  throw std::runtime_error(std::string(why) + ": " + std::string(line));
}

/// Takes a name off the front of `rest`; of a metric it may have colons, but ours do not.
std::string take_name(std::string_view& rest, std::string_view line) {
  std::size_t end = 0;
  while (end < rest.size() && (letters.find(rest[end]) != letters.npos || digits.find(rest[end]) != digits.npos)) ++end;
  if (end == 0 || digits.find(rest.front()) != digits.npos) refuse("no name", line);
  const std::string name(rest.substr(0, end));
  rest.remove_prefix(end);
  return name;
}

void take(std::string_view& rest, std::string_view what, std::string_view line) {
  if (!rest.starts_with(what)) refuse("no \"" + std::string(what) + '"', line);
  rest.remove_prefix(what.size());
}

std::string take_quoted(std::string_view& rest, std::string_view line) {
  take(rest, "\"", line);
  std::string value;
  while (!rest.empty() && rest.front() != '"') {
    char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\\') {
      if (rest.empty() || std::string_view("\\\"n").find(rest.front()) == std::string_view::npos)
        refuse("an escape that is none", line);
      c = rest.front() == 'n' ? '\n' : rest.front();
      rest.remove_prefix(1);
    }
    value += c;
  }
  take(rest, "\"", line);
  return value;
}

double number_in(std::string_view text, std::string_view line) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) refuse("no number", line);
  return value;
}

bool matches(const exposition::labels& all, const exposition::labels& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& each) {
    const auto found = all.find(each.first);
    return found != all.end() && found->second == each.second;
  });
}

} // namespace

exposition::exposition(std::string_view text) {
  if (!text.ends_with('\n')) throw std::runtime_error("the last line does not end");
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    if (line.starts_with("# HELP "))
      begin_family(line);
    else if (line.starts_with("# TYPE "))
      type_family(line);
    else if (line.empty() || line.starts_with('#'))
      refuse("neither metric nor HELP nor TYPE", line);
    else
      add_sample(line);
  }
  end_family();
}

void exposition::begin_family(std::string_view line) {
  end_family();
  std::string_view rest = line.substr(7);
  family_ = take_name(rest, line);
  if (types_.contains(family_)) refuse("a family in two places", line);
  if (rest.size() < 2 || rest.front() != ' ') refuse("no help", line);
}

void exposition::type_family(std::string_view line) {
  std::string_view rest = line.substr(7);
  if (take_name(rest, line) != family_ || types_.contains(family_)) refuse("a TYPE that is not behind its HELP", line);
  take(rest, " ", line);
  if (rest != "counter" && rest != "gauge" && rest != "histogram") refuse("no type", line);
  if ((rest == "counter") != family_.ends_with("_total")) refuse("a counter ends in _total, nothing else does", line);
  types_[family_] = rest;
  first_ = samples_.size();
}

void exposition::add_sample(std::string_view line) {
  std::string_view rest = line;
  sample made;
  made.name = take_name(rest, line);
  if (rest.starts_with('{')) {
    do {
      rest.remove_prefix(1);
      const std::string label = take_name(rest, line);
      take(rest, "=", line);
      if (!made.of.emplace(label, take_quoted(rest, line)).second) refuse("a label twice", line);
    } while (rest.starts_with(','));
    take(rest, "}", line);
  }
  take(rest, " ", line);
  made.value = number_in(rest, line);
  const auto type = types_.find(family_);
  if (type == types_.end()) refuse("a sample without a TYPE", line);
  const bool is_histogram = type->second == "histogram";
  const auto is_named = [&](std::string_view suffix) { return made.name == family_ + std::string(suffix); };
  if (is_histogram ? !is_named("_bucket") && !is_named("_sum") && !is_named("_count") : !is_named(""))
    refuse("a sample of another family", line);
  if (type->second == "counter" && made.value < 0) refuse("a counter below zero", line);
  for (std::size_t i = first_; i < samples_.size(); ++i)
    if (samples_[i].name == made.name && samples_[i].of == made.of) refuse("a sample twice", line);
  samples_.push_back(std::move(made));
}

void exposition::end_family() {
  if (family_.empty()) return;
  if (!types_.contains(family_)) refuse("no TYPE", family_);
  if (types_[family_] == "histogram") check_histogram();
}

/// Buckets ascend and include those before; the last, without bound, is the count.
void exposition::check_histogram() const {
  struct series {
    double bound = -1, below = 0;
  };
  std::map<labels, series> all;
  for (std::size_t i = first_; i < samples_.size(); ++i) {
    const sample& each = samples_[i];
    if (each.name != family_ + "_bucket") continue;
    labels of = each.of;
    const double bound = of.contains("le") ? number_in(of["le"], family_) : -1;
    of.erase("le");
    series& at = all[of];
    if (bound <= at.bound || each.value < at.below) refuse("buckets that do not ascend", family_);
    at = {bound, each.value};
  }
  for (const auto& [of, last] : all) {
    if (!std::isinf(last.bound)) refuse("no bucket without bound", family_);
    if (count(family_ + "_count", of) != 1 || count(family_ + "_sum", of) != 1) refuse("no sum or count", family_);
    if (sum(family_ + "_count", of) != last.below) refuse("a count that is not that of the buckets", family_);
  }
}

bool exposition::has(std::string_view name) const {
  return count(name) > 0;
}

double exposition::sum(std::string_view name, const labels& of) const {
  double all = 0;
  for (const sample& each : samples_)
    if (each.name == name && matches(each.of, of)) all += each.value;
  return all;
}

std::size_t exposition::count(std::string_view name, const labels& of) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(samples_, [&](const sample& each) { return each.name == name && matches(each.of, of); }));
}

} // namespace palabre::testing
