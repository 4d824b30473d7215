"""The report of a race: one table for people, one line of JSON for later."""

import json
import statistics
import textwrap
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measure import median_ratio
from benchmarks.race import Entry, Plan
from benchmarks.scenario import Scenario

QUIET = 0.5
"""A load average above this tells of other programs on the machine."""
_LINE = "{:<16} {:<24} {:>8} {:>7} {:>5} {:>10} {:>6} {:>7} {:>7}"
_HEADS = (
    ("contender", "does per call", "calls/s", "CPU µs", "core", "ours ÷ its", "aim"),
    ("", "", "", "/call", "busy", "CPU", "", "+p50 µs", "+p99 µs"),
)


def print_table(
    scenario: Scenario, plan: Plan, entries: Sequence[Entry], about: Mapping[str, str]
) -> None:
    """The figures as a table of at most 100 columns, absentees with their reasons."""
    print()
    print(f"{scenario.title}; medians of {plan.rounds} rounds of {plan.seconds} s")
    print(f"{about['machine']}; load {about['load']} before the race")
    if float(about["load"]) > QUIET:
        print(
            "OTHER PROGRAMS WERE RUNNING: only the ratios mean anything, and not much."
        )
    print()
    print(_LINE.format(*_HEADS[0], "at half", "load"))
    print(_LINE.format(*_HEADS[1]))
    print("-" * 98)
    for entry in entries:
        if entry.absent is not None:
            reason = f"{entry.contender.name:<16} not in the race: {entry.absent}"
            print(textwrap.fill(reason[:400], 98, subsequent_indent=17 * " "))
        else:
            print(_LINE.format(*_cells(scenario, entry, ours_among(entries))))
    print()
    print("CPU: user + system of the process tree on its one core, while wrk -t1 -c32")
    print(
        "and the upstream share the other. +p50, +p99: added to the upstream's own, at"
    )
    print(
        "a constant rate of half the contender's calls/s (20,000/s at most), open loop."
    )


def _cells(scenario: Scenario, entry: Entry, ours: Entry | None) -> tuple[str, ...]:
    contender = entry.contender
    aim = contender.aim if scenario.feature == "plain" else None
    ratio = ratio_of_cpu(ours, entry)
    return (
        contender.name,
        contender.does,
        f"{entry.median('rate'):,.0f}",
        f"{entry.median('cpu'):.1f}",
        f"{entry.median('busy'):.0%}",
        "" if ratio is None else f"{ratio:.2f}",
        "" if aim is None else f"≤ {aim}",
        *(f"{each:.0f}" for each in added_latency(entry)),
    )


def ours_among(entries: Sequence[Entry]) -> Entry | None:
    """Our own entry, if it is in the race."""
    return next((e for e in entries if e.contender.ours and e.absent is None), None)


def ratio_of_cpu(ours: Entry | None, theirs: Entry) -> float | None:
    """Our CPU per call ÷ theirs: the median of the rounds' ratios."""
    if ours is None or ours is theirs:
        return None
    return median_ratio(ours.figures("cpu"), theirs.figures("cpu"))


def added_latency(entry: Entry) -> tuple[float, float]:
    """What the contender adds to p50 and p99 of the upstream alone, in µs."""
    return (
        statistics.median(through.p50 - direct.p50 for through, direct in entry.paced),
        statistics.median(through.p99 - direct.p99 for through, direct in entry.paced),
    )


def append_line(
    results: Path,
    scenario: Scenario,
    plan: Plan,
    entries: Sequence[Entry],
    about: Mapping[str, str],
) -> None:
    """Append the race to `results`, one JSON object on one line."""
    line = {
        "scenario": scenario.name,
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        **about,
        "contenders": [_figures(entry, ours_among(entries)) for entry in entries],
    }
    append_text(results, line)


def append_text(results: Path, line: Mapping[str, object]) -> None:
    """Append what a run found to `results`, with its moment."""
    moment = {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    with results.open("a") as file:
        file.write(json.dumps({**moment, **line}) + "\n")


def _figures(entry: Entry, ours: Entry | None) -> dict[str, object]:
    named: dict[str, object] = {
        "name": entry.contender.name,
        "does": entry.contender.does,
    }
    if entry.absent is not None:
        return {**named, "absent": entry.absent}
    added = added_latency(entry)
    direct = [direct for _, direct in entry.paced]
    ratio = ratio_of_cpu(ours, entry)
    return {
        **named,
        "calls_per_second": round(entry.median("rate")),
        "cpu_us_per_call": round(entry.median("cpu"), 2),
        "cpu_us_of_rounds": [round(cpu, 2) for cpu in entry.figures("cpu")],
        "core_busy": round(entry.median("busy"), 3),
        "our_cpu_to_its": None if ratio is None else round(ratio, 3),
        "aim": entry.contender.aim,
        "paced_rate": round(direct[0].rate),
        "added_p50_us": round(added[0], 1),
        "added_p99_us": round(added[1], 1),
        "upstream_p50_us": round(statistics.median(each.p50 for each in direct), 1),
        "upstream_p99_us": round(statistics.median(each.p99 for each in direct), 1),
        "refusals": entry.refusals,
        "counted": entry.counted,
    }
