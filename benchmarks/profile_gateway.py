"""Where the gateway's time goes: `python -m benchmarks.profile_gateway`.

Under full load: CPU per call, split into user and system; the functions that py-spy
finds most often, by themselves and with all they call; system calls per call, counted
by strace in a run of their own, as it slows everything down. `--of nginx+Lua` profiles
another contender (without py-spy, which only knows Python).
"""

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from benchmarks.contender import CannotRaceError
from benchmarks.measure import Load, LoadError, load_command, read_load
from benchmarks.process import cpu_seconds, executable, tree
from benchmarks.race import Entry, entry_of, line_up, open_course, plan_race
from benchmarks.rivals import CONTENDERS
from benchmarks.scenario import SCENARIOS

_SYSCALL = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$")
_SETTLE = 1.0
"""Seconds that a watcher gets to attach itself before the load begins."""


def main() -> int:
    options = _options()
    contender = next(each for each in CONTENDERS if each.name == options.of)
    with (
        tempfile.TemporaryDirectory(prefix="bramka-profile-") as name,
        ExitStack() as s,
    ):
        try:
            plan = plan_race(rounds=1, seconds=options.seconds, paced=(0, 0))
            course = open_course(SCENARIOS[options.scenario], Path(name), s, plan)
            entry = entry_of(contender, course)
            line_up(entry, s, plan)
            print_cpu(entry, plan.load_core, options.seconds)
            if contender.ours:
                print_functions(entry, plan.load_core, options)
            print_system_calls(entry, plan.load_core, options.seconds)
        except (CannotRaceError, LoadError) as reason:
            print(f"No profile: {reason}", file=sys.stderr)
            return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_gateway")
    parser.add_argument("--of", default="Bramka", help="name of the contender")
    parser.add_argument("--scenario", choices=SCENARIOS, default="keyed")
    parser.add_argument("--seconds", type=int, default=5, help="seconds of each run")
    parser.add_argument("--top", type=int, default=25, help="functions shown")
    parser.add_argument(
        "--lines", action="store_true", help="show lines, not functions"
    )
    parser.add_argument("--native", action="store_true", help="show C frames as well")
    return parser.parse_args()


def _load(entry: Entry, core: int, seconds: int) -> Load:
    """A full load on the contender."""
    course = entry.lane.course
    url = f"http://127.0.0.1:{entry.lane.port}"
    keys = course.folder / "keys"
    command = load_command(url, keys, core, seconds)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return read_load(done.stdout)


def _watched(entry: Entry, core: int, seconds: int, *watcher: str) -> Load:
    """A full load from beginning to end under the eyes of `watcher`."""
    with subprocess.Popen(
        ("taskset", "-c", str(core), *watcher),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        time.sleep(_SETTLE)
        load = _load(entry, core, seconds)
        watching.send_signal(signal.SIGINT)
        _, complaint = watching.communicate(timeout=30)
    if watching.returncode not in (0, -signal.SIGINT):
        raise LoadError(f"{watcher[0]} failed: {complaint.strip()[-300:]}")
    return load


def print_cpu(entry: Entry, core: int, seconds: int) -> None:
    before = cpu_seconds(entry.pid)
    load = _load(entry, core, seconds)
    user, system = (
        (b - a) / load.requests * 1e6
        for a, b in zip(before, cpu_seconds(entry.pid), strict=True)
    )
    print(f"{entry.contender.name}: {load.rate:,.0f} calls/s, p99 {load.p99} µs")
    print(f"CPU µs/call: {user + system:.1f} = {user:.1f} user + {system:.1f} system")


def print_functions(entry: Entry, core: int, options: argparse.Namespace) -> None:
    """The functions of the busiest stacks, as py-spy sees them 1,000 times a second."""
    spy = executable("py-spy", "pip install py-spy")
    found = entry.lane.folder / "stacks"
    flags = ["--pid", str(entry.pid), "--format", "raw", "--output", str(found)]
    flags += ["--rate", "1000", "--nonblocking"]
    flags += [] if options.lines else ["--function"]
    flags += ["--native"] if options.native else []
    _watched(entry, core, options.seconds, spy, "record", *flags)
    itself, whole = count_frames(found.read_text())
    total = itself.total()
    print(f"\nFunctions, of {total} samples: by themselves | with what they call")
    top = options.top
    pairs = zip(itself.most_common(top), whole.most_common(top), strict=False)
    for (own, samples), (caller, calls) in pairs:
        left = f"{samples / total:6.1%} {own}"
        print(f"{left:<62.62} {calls / total:6.1%} {caller:.60}")


def count_frames(stacks: str) -> tuple[Counter[str], Counter[str]]:
    """Samples by innermost frame, and by any frame, of py-spy's raw format."""
    itself: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, samples = line.rpartition(" ")
        frames = stack.split(";")
        itself[frames[-1]] += int(samples)
        for frame in set(frames):
            whole[frame] += int(samples)
    return itself, whole


def print_system_calls(entry: Entry, core: int, seconds: int) -> None:
    strace = executable("strace", "apt install strace")
    found = entry.lane.folder / "syscalls"
    pids = (flag for pid in tree(entry.pid) for flag in ("-p", str(pid)))
    watcher = (strace, "-c", "-f", "-qq", "-o", str(found), *pids)
    load = _watched(entry, core, seconds, *watcher)
    counts = count_system_calls(found.read_text())
    print(f"\nSystem calls per call, of {load.requests:,} calls under strace")
    for name, calls in counts.most_common(12):
        print(f"{calls / load.requests:8.3f} {name}")
    print(f"{counts.total() / load.requests:8.3f} in all")


def count_system_calls(summary: str) -> Counter[str]:
    """Calls by name, of the summary that `strace -c` writes."""
    rows = map(_SYSCALL.match, summary.splitlines())
    found = {row[2]: int(row[1]) for row in rows if row}
    found.pop("total", None)
    return Counter(found)


if __name__ == "__main__":
    sys.exit(main())
