#pragma once
// One row of the table of options, and how rows of the usual kinds are made.

#include "app/configuration.hpp"

#include <charconv>
#include <functional>
#include <optional>

namespace palabre::app {

/// One row of the table of options: how it is read, and how it is shown.
struct option {
  std::string name, help, allowed;
  std::function<bool(configuration&, const std::string&)> read; ///< false: not allowed
  std::function<std::string(const configuration&)> show;
};

/// "90s", "15m", "2h", "7d", "250ms".
std::optional<std::chrono::milliseconds> parse_duration(const std::string& text);
std::string show_duration(std::chrono::milliseconds d);

/// The parts between `separator`, empty ones left out.
std::vector<std::string> split(const std::string& text, char separator);
/// The other way round, with commas.
std::string joined(const std::vector<std::string>& parts);

template <class Duration, class Where>
option duration_option(std::string name, std::string help, std::chrono::milliseconds least,
                       std::chrono::milliseconds most, Where where) {
  return {std::move(name), std::move(help),
          "a duration from " + show_duration(least) + " to " + show_duration(most) + ", as 250ms, 30s, 15m, 2h, 7d",
          [=](configuration& c, const std::string& text) {
            const auto d = parse_duration(text);
            if (!d || *d < least || *d > most) return false;
            where(c) = std::chrono::duration_cast<Duration>(*d);
            return true;
          },
          [=](const configuration& c) {
            return show_duration(
                std::chrono::duration_cast<std::chrono::milliseconds>(where(const_cast<configuration&>(c))));
          }};
}

template <class Where>
option number_option(std::string name, std::string help, std::size_t least, std::size_t most, Where where) {
  return {std::move(name), std::move(help), "a number from " + std::to_string(least) + " to " + std::to_string(most),
          [=](configuration& c, const std::string& text) {
            std::size_t number = 0;
            const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (failed != std::errc{} || end != text.data() + text.size() || number < least || number > most)
              return false;
            where(c) = number;
            return true;
          },
          [=](const configuration& c) { return std::to_string(where(const_cast<configuration&>(c))); }};
}

/// A SHA-256 in lower-case hex.
bool is_hash(const std::string& text);

/// Of keys, of which the settings hold the hashes alone.
template <class Where>
option hashes_option(std::string name, std::string help, Where where) {
  return {std::move(name), std::move(help),
          "up to " + std::to_string(limits::api_keys_per_namespace_max) +
              " SHA-256 hashes of 64 lower-case hex digits, separated by commas (in TOML: an array)",
          [=](configuration& c, const std::string& text) {
            std::vector<std::string> hashes = split(text, ',');
            if (hashes.size() > limits::api_keys_per_namespace_max) return false;
            for (const std::string& each : hashes)
              if (!is_hash(each)) return false;
            where(c) = std::move(hashes);
            return true;
          },
          [=](const configuration& c) { return joined(where(const_cast<configuration&>(c))); }};
}

template <class Where>
option switch_option(std::string name, std::string help, Where where) {
  return {std::move(name), std::move(help), "true or false",
          [=](configuration& c, const std::string& text) {
            if (text != "true" && text != "false") return false;
            where(c) = text == "true";
            return true;
          },
          [=](const configuration& c) { return where(const_cast<configuration&>(c)) ? "true" : "false"; }};
}

} // namespace palabre::app
