"""README shows what really comes out."""

import re
from pathlib import Path

from tests.journeys.running import Running

README = Path("README.md").read_text("utf-8")


def test_the_answers_in_readme_are_the_answers(demo: Running) -> None:
    assert demo.execute(demo.demo["unlimited_key"]).body.decode() in README
    assert demo.execute(None).body.decode() in README


def test_the_table_in_readme_has_the_columns_of_the_command(demo: Running) -> None:
    demo.execute(demo.demo["unlimited_key"])
    printed = demo.bramka("usage", "--by", "product")
    heading = next(line for line in printed.splitlines() if "calls" in line).split()
    shown = next(
        line for line in README.splitlines() if re.match(r" name +calls", line)
    )
    assert shown.split() == heading
