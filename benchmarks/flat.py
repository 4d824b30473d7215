"""Is a call as cheap with 5,000 operations as with 5? `python -m benchmarks.flat`.

The same load on two gateways in turn, the callers spread over the operations; aim: at
most 10 % more CPU a call.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.contender import CannotRaceError
from benchmarks.machine import machine
from benchmarks.measure import burst, median_ratio
from benchmarks.race import Entry, entry_of, line_up, open_course, plan_race
from benchmarks.report import append_text
from benchmarks.rivals.bramka import BRAMKA
from benchmarks.scenario import FEW, MANY

RESULTS = Path(__file__).parent / "results" / "flat.jsonl"
AIM = 1.10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flat")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 s")
    quick = parser.parse_args().quick
    rounds, seconds = (2, 1) if quick else (7, 4)
    with tempfile.TemporaryDirectory(prefix="bramka-flat-") as folder, ExitStack() as s:
        try:
            plan = plan_race(rounds, seconds, (0, 0))
        except CannotRaceError as reason:
            print(f"No race: {reason}", file=sys.stderr)
            return 1
        entries: list[Entry] = []
        for scenario in (FEW, MANY):
            place = Path(folder) / scenario.name
            place.mkdir()
            entry = entry_of(BRAMKA, open_course(scenario, place, s, plan))
            line_up(entry, s, plan)
            entries.append(entry)
        for number in range(rounds):
            for entry in entries if number % 2 else entries[::-1]:
                course = entry.lane.course
                url = f"http://127.0.0.1:{entry.lane.port}"
                keys = course.folder / "keys"
                entry.bursts.append(
                    burst(entry.pid, url, keys, plan.load_core, seconds)
                )
    few, many = entries
    ratio = median_ratio(many.figures("cpu"), few.figures("cpu"))
    for entry in entries:
        title = entry.lane.course.scenario.title
        print(f"{title:<32} {entry.median('cpu'):6.1f} µs CPU a call")
    print(f"{'ratio':<32} {ratio:6.2f}  (aim ≤ {AIM})")
    figures = {"ratio": round(ratio, 3), "cpu_us": [e.median("cpu") for e in entries]}
    append_text(RESULTS, {**machine(), **figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
