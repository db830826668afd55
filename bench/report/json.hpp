#pragma once
// The file of --json, in UTF-8, version 1:
//
//   { "palabre_bench": 1,
//     "scenario": "fanout", "question": "…", "target": "palabre 0.1.0 (0448e68)",
//     "parameters":  { "rooms": "100", … },             texts, in the order in which they are shown
//     "environment": { "processor": "…", … },
//     "runs": [
//       { "seconds": 20,
//         "figures": [ { "name": "acked", "unit": "/s", "better": "higher", "value": 25431.2 }, … ],
//         "latencies": [
//           { "name": "intended start to ack", "min_ns": 91233, "max_ns": 41233810, "mean_ns": 412334.1,
//             "buckets": [ [ 91647, 3 ], … ] }, … ],
//         "timeline": [ { "at_s": 1, "per_second": 25310, "p50_ms": 0.4, "p99_ms": 1.2, "max_ms": 9.9 }, … ],
//         "deliveries": { "expected": 1000, "delivered": 1000, "lost": 0, "duplicated": 0, "reordered": 0 },
//         "generator": { "cpu": 0.62, "lag_p99_ms": 0.21, "limiting": false },
//         "stolen_cores": 0.04,
//         "refused": 0,
//         "failures": [] }, … ] }
//
// `better` is "higher", "lower" or "neither"; the first figure is the headline. A bucket is [ its greatest value in ns,
// how many ]; only those that hold something are there, smallest first, each at most 0.8 % wide. `cpu` is a share of
// one core. `deliveries` is null where nothing is delivered; a number that is not finite is null.
// All members but `stolen_cores` are required; others are ignored, so that a later version 1 may add some.

#include "base/result.hpp"
#include "bench/measuring/result.hpp"

#include <string>
#include <string_view>

namespace palabre::bench {

/// One line with a newline. Requires: the names of parameters, and those of the environment, are unique.
std::string to_json(const result& r);

/// Errors: `malformed`: not JSON (the context has line and column), or not of this shape (the context has the place, as
/// "runs[2].latencies[0].buckets[5]"); `from_the_future`: another version.
palabre::result<result> read_result(std::string_view json);

} // namespace palabre::bench
