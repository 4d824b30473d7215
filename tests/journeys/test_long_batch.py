"""The article's batch program: 200,000 rows through gateway, worker and blobs."""

import csv
import os
import random
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.running import PATIENCE, Running

ROWS = 200_000
WORDS = ["good", "day", "book", "naïve", "żółć", "it's", "4.5", "well-read", "a,b"]


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV with commas, quotes and line breaks inside of cells."""
    path = tmp_path_factory.mktemp("batch") / "reviews.csv"
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Col2"])
        for number in range(ROWS):
            words = chance.choices(WORDS, k=20)
            words[number % 20] = '"said"\nshe' if number % 50 == 0 else f"n{number}"
            writer.writerow([" ".join(words)])
    return path


def start(demo: Running, source: Path, target: Path) -> subprocess.Popen[str]:
    """The example program as README tells to run it, into a container of its own."""
    python = shlex.quote(sys.executable)
    words = shlex.join(["examples/batch_execution.py", str(source), str(target)])
    settings = f"{python} examples/environment.py {shlex.quote(str(demo.data))}"
    return subprocess.Popen(
        ["bash", "-c", f'eval "$({settings})"; exec {python} -u {words}'],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "STORAGE_CONTAINER": target.stem},
    )


def lines(program: subprocess.Popen[str]) -> Iterator[str]:
    assert program.stdout is not None
    with program.stdout:
        yield from program.stdout
    assert program.wait(PATIENCE) == 0


def test_a_killed_worker_changes_no_byte_of_the_output(
    demo: Running, reviews: Path, tmp_path: Path
) -> None:
    calm = tmp_path / "calm.csv"
    assert "finished!" in "".join(lines(start(demo, reviews, calm)))
    for turn in range(5):
        rough = tmp_path / f"rough{turn}.csv"
        in_mid_job = killed_on_the_way(demo, reviews, rough)
        assert rough.read_bytes() == calm.read_bytes()
        # Where this machine stood still too long, the blow came too late.
        if in_mid_job:
            break
    assert in_mid_job
    check_rows(reviews, calm)


def killed_on_the_way(demo: Running, source: Path, target: Path) -> bool:
    """Whether a job was still on its way after its worker was killed, once or twice."""
    kills, told = 0, []
    for line in lines(start(demo, source, target)):
        told.append(line)
        if "running..." in line and kills < 2:
            demo.kill("worker")
            kills += 1
    assert "finished!" in "".join(told)
    return 1 <= kills < sum("running..." in line for line in told)


def check_rows(source: Path, target: Path) -> None:
    """Every row comes out once, in order, with its text hashed."""
    with (
        source.open(encoding="utf-8", newline="") as given,
        target.open(encoding="utf-8-sig", newline="") as gotten,
    ):
        asked, answered = csv.reader(given), csv.reader(gotten)
        assert next(answered)[0] == next(asked)[0] == "Col2"
        count = 0
        for (text,), (echoed, *counts) in zip(asked, answered, strict=True):
            count += 1
            assert echoed == text
            # Each word and each pair of neighbours is counted once.
            assert sum(map(int, counts)) >= text.count(" ") + 1
    assert count == ROWS
