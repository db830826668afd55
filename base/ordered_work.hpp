#pragma once
// A long piece of work done in parts by several threads, whose results are taken in the order of the parts.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace palabre {

/// Threads that a tool uses for work of this kind: as many as there are cores, at most 8.
std::size_t working_threads();

/// Calls `make(part, slot)` for each part 0, 1, …, parts-1, on `threads` threads of its own, and, on the calling
/// thread, `take(part, slot)` for each in order, once it is made. A slot is a place of the caller's for what a part
/// makes: no two parts that are made and not yet taken share one, and it is used again and again, so that its memory
/// is. Ends early when `take` answers false; parts that are being made then are finished and dropped. Bounded: at most
/// `slots` parts are made and not yet taken. Requires: threads ≥ 1, slots ≥ threads; neither function throws.
void work_in_order(std::size_t threads, std::size_t slots, std::uint64_t parts,
                   const std::function<void(std::uint64_t part, std::size_t slot)>& make,
                   const std::function<bool(std::uint64_t part, std::size_t slot)>& take);

} // namespace palabre
