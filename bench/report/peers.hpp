#pragma once
// Several targets asked the same: one group for each scenario with its parameters, one row for each target.

#include "bench/report/spread.hpp"

namespace palabre::bench {

struct peer_row {
  std::string target;
  spread headline;
  spread p50_ns, p99_ns; ///< of the first latency
  spread cpu;            ///< of the figure whose name has "CPU per"
  bool limited = false;  ///< by the generator: the target can do more
  bool failed = false;
};

struct peer_group {
  std::string scenario, question;
  std::vector<name_and_text> parameters;
  figure headline;            ///< its name, unit and direction
  std::string latency;        ///< name; empty: none
  figure cpu;                 ///< name empty: none
  std::vector<peer_row> rows; ///< best headline first
};

/// Groups and rows of the same target: the later result counts.
std::vector<peer_group> group_peers(const std::vector<result>& all);

/// In the order of their first appearance.
std::vector<std::string> targets_of(const std::vector<result>& all);
/// The headline with marks that what_marks_mean explains.
std::string marked_headline(const peer_row& row);
extern const char* const what_marks_mean;

/// What an acknowledgement promises, by target in the order of first appearance: the environment's "ack means".
std::vector<name_and_text> what_acks_mean(const std::vector<result>& all);

/// For a terminal, at most 100 columns wide: a table for each group.
std::string peers_table(const std::vector<result>& all, bool colours);
/// In Markdown: a table for each group, and what an acknowledgement means.
std::string peers_markdown(const std::vector<result>& all);

} // namespace palabre::bench
