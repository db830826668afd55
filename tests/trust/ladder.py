"""What the ladder of trust counts (docs/trust.md): its levels, what is wanted of each, the state file, the table."""
import contextlib
import fcntl
import json
import os

LEVELS = {1: "kill", 2: "power", 3: "faults", 4: "corruption", 5: "schedules", 6: "determinism", 7: "fuzz"}
HAVE_A_LIST = {"faults", "corruption"}
BEGIN, END = "<!-- table: ./dev trust --table -->", "<!-- end of table -->"

AGAIN_MAX = 6  # commands in a row of the table

# level: (what is counted first, what else is worth telling)
TOLD = {
    "kill": ("kills", ["acked_posts", "cut_off_and_retried", "events"]),
    "power": ("crashes", ["at_an_operation", "acked_appends", "views_compared"]),
    "faults": ("faults", ["io_error", "no_space", "short_write", "failed_sync", "operations"]),
    "corruption": ("damages", ["bytes_changed", "truncations", "files_removed", "refused", "identical",
                              "bytes_of_files"]),
    "schedules": ("schedules", ["steps", "commands", "acked", "refused", "replayed", "crashes", "faults",
                                "rows_compared"]),
    "determinism": ("rebuilds", ["rows", "events", "people_erased", "golden_records"]),
}
# What is wanted, in the order in which it is worth having.
GOALS = {"schedules": 100_000, "power": 10_000, "corruption": "every byte, every length", "faults": "every k",
         "kill": 1_000}
FUZZ_GOAL_SECONDS = 600  # of each parser
PEAKS = {"operations", "greatest_k", "bytes_of_files", "files", "golden_records", "corpus"}
NO_COUNTS = {"level", "seed", "seconds", "failures", "rounds", "in_order", "of_all"}


def load(path):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(path, state):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        json.dump(state, file, indent=1, sort_keys=True)
    os.replace(path + ".new", path)


@contextlib.contextmanager
def changed(path):
    """The state, to be changed by one at a time."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = load(path)
        yield state
        save(path, state)


def add(state, name, result):
    """Adds one slice to the sums of its level."""
    level = state.setdefault(name, {"counts": {}, "seconds": 0.0, "failures": [], "slices": []})
    level["seconds"] += result["seconds"]
    level["failures"] += result["failures"]
    if "in_order" in result:
        level["in_order"] = {"next": result["seed"] + result["in_order"], "of_all": result["of_all"]}
    else:
        level["slices"].append([result["seed"], result.get("rounds", 0)])
    for what, count in result.items():
        if what in NO_COUNTS:
            continue
        known = level["counts"].get(what, 0)
        level["counts"][what] = max(known, count) if what in PEAKS else known + count


def next_in_order(state, name):
    """Where --every goes on; None: all was done."""
    known = state.get(name, {}).get("in_order", {"next": 0, "of_all": 1})
    return known["next"] if known["next"] < known["of_all"] else None


def is_reached(state, name):
    """Whether that was done of it that is wanted."""
    one = state.get(name, {"counts": {}, "seconds": 0.0})
    if name.startswith("fuzz "):
        return one["seconds"] >= FUZZ_GOAL_SECONDS
    if name in HAVE_A_LIST:
        wanted = one.get("in_order", {"of_all": 1})["of_all"]
        if name == "corruption":  # the other patterns are more than is wanted
            wanted = min(wanted, 2 * one["counts"].get("bytes_of_files", wanted) + one["counts"].get("files", 0))
        return one.get("in_order", {"next": 0})["next"] >= wanted
    return one["counts"].get(TOLD[name][0], 0) >= GOALS.get(name, 1)


def number(count):
    return f"{count:,}"


def hours(seconds):
    return f"{seconds / 3600:.2f} h"


def repeats(key, one):
    """The commands that do it again."""
    if key.startswith("fuzz "):
        name = key[5:]
        return [f"fuzz_{name} tests/fuzz/corpus/{name} -seed={seed % 2**32} -max_len=16384" for seed, _ in one["slices"]]
    golden = " tests/trust/golden/log.txt" if key == "determinism" else ""
    ordered = [f"trust_{key} --every --count {one['in_order']['next']}"] if "in_order" in one else []
    return ordered + [f"trust_{key}{golden} --seed {seed} --count {rounds}" for seed, rounds in one["slices"]]


def told_again(commands):
    first = ", ".join(f"`{command}`" for command in commands[:AGAIN_MAX])
    rest = len(commands) - AGAIN_MAX
    return first if rest <= 0 else f"{first}, and {rest} more with the seeds in the state file"


def wanted_of(key):
    if key.startswith("fuzz "):
        return hours(FUZZ_GOAL_SECONDS)
    goal = GOALS.get(key, "")
    return goal if isinstance(goal, str) else f"{number(goal)} {TOLD[key][0]}"


def rows_of(state):
    """(level, key) of each row: all levels, and of the fuzzers those that ran."""
    for level, name in LEVELS.items():
        keys = sorted(k for k in state if k.startswith(name + " ")) if name == "fuzz" else [name]
        for key in keys or ["fuzz"]:
            yield level, key


def table(state):
    lines = ["| level | wanted | done | of that | time | failures | again |", "|---|---|---|---|---|---|---|"]
    for level, key in rows_of(state):
        one = state.get(key, {"counts": {}, "seconds": 0.0, "failures": [], "slices": []})
        first, others = TOLD.get(key, ("inputs", []))
        counts = one["counts"]
        told = [f"{number(counts[o])} {o.replace('_', ' ')}" for o in others if o in counts]
        if "in_order" in one:
            told.insert(0, f"in order the first {number(one['in_order']['next'])} of {number(one['in_order']['of_all'])}")
        lines.append(f"| {level} {key} | {wanted_of(key)} | {number(counts.get(first, 0))} {first} | {', '.join(told)} "
                     f"| {hours(one['seconds'])} | {len(one['failures'])} | {told_again(repeats(key, one))} |")
    return lines
