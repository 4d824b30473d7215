"""Race the gateway against its rivals: `python -m benchmarks.gateway [--quick]`.

Prints one table and appends one line of JSON to benchmarks/results/gateway.jsonl.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.contender import CannotRaceError
from benchmarks.machine import machine
from benchmarks.race import Plan, plan_race, race
from benchmarks.report import append_line, print_table
from benchmarks.rivals import CONTENDERS
from benchmarks.scenario import SCENARIOS, Scenario

RESULTS = Path(__file__).parent / "results" / "gateway.jsonl"


def main() -> int:
    options = _options()
    rounds, seconds, paced = (2, 1, (1, 2)) if options.quick else (7, 4, (3, 3))
    try:
        plan = plan_race(options.rounds or rounds, options.seconds or seconds, paced)
    except CannotRaceError as reason:
        print(f"No race: {reason}", file=sys.stderr)
        return 1
    rows = options.scenario.split(",") if options.scenario else list(SCENARIOS)
    return max(_run(SCENARIOS[row], plan, options.only.lower()) for row in rows)


def _run(scenario: Scenario, plan: Plan, only: str) -> int:
    """Race one row, and tell of it."""
    chosen = [
        each
        for each in CONTENDERS
        if scenario.feature in each.features
        and (not only or each.name.lower() in only.split(","))
    ]
    about = machine()
    print(f"{scenario.title}: {len(chosen)} contenders, {plan.rounds} rounds")
    with tempfile.TemporaryDirectory(prefix="bramka-race-") as folder:
        entries = race(scenario, chosen, Path(folder), plan)
    print_table(scenario, plan, entries, about)
    append_line(RESULTS, scenario, plan, entries, about)
    return 0 if not any(each.absent for each in entries) else 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 s")
    parser.add_argument("--rounds", type=int, help="rounds of bursts")
    parser.add_argument("--seconds", type=int, help="seconds of each burst")
    parser.add_argument(
        "--scenario", default="", help=f"rows, of {','.join(SCENARIOS)}; all if empty"
    )
    parser.add_argument("--only", default="", help="contenders, with commas between")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
