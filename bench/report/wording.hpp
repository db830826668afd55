#pragma once
// Sentences that the table and the page share, so that both say the same.

#include "bench/measuring/result.hpp"
#include "bench/report/spread.hpp"

namespace palabre::bench {

/// As "rooms 100, senders 100".
std::string in_words(const std::vector<name_and_text>& entries);

/// As "5 × 20 s" or "5 × 20 s, 4 of them count".
std::string runs_in_words(const result& r);
/// One line for each failure with its run.
std::vector<std::string> failures_in_words(const result& r);

/// The sum over all runs, those that failed included; none if no run delivers anything.
std::optional<integrity> deliveries_of(const result& r);
std::string in_words(const integrity& deliveries);
std::uint64_t refused_of(const result& r);

/// CPU and lag: the highest of all runs.
std::string generator_in_words(const result& r);
/// What the host of this virtual machine took from it; empty: next to nothing.
std::string stolen_in_words(const result& r);
/// Which runs, and what that means. Requires: is_limited(r).
std::string limited_in_words(const result& r);

/// The machine first, everything else that describes what was measured second. The whole is in the file and on the
/// page.
std::vector<std::string> machine_in_words(const std::vector<name_and_text>& environment);

/// As "acked/s" or "server memory, MB".
std::string name_and_unit(const std::string& name, const std::string& unit);

/// The decimals for all three numbers of a spread; 0 if they are whole.
int decimals_of(const spread& s);
/// The median with them.
std::string number_of(const spread& s);

} // namespace palabre::bench
