"""The article's batch program: 200,000 rows through gateway, worker and blobs."""

import csv
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.running import Running

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
    """The example program, through the gateway, as product Unlimited."""
    facts = demo.demo
    return subprocess.Popen(
        [sys.executable, "-u", "examples/batch_execution.py", source, target],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "BRAMKA_URL": facts["gateway_url"] + "/azureml-demo",
            "WORKSPACE": facts["workspace"],
            "SERVICE": facts["service"],
            "API_KEY": facts["api_key"],
            "SUBSCRIPTION_KEY": facts["unlimited_key"],
            "STORAGE_CONNECTION_STRING": facts["blobs_connection_string"],
            "STORAGE_CONTAINER": target.stem,
        },
    )


def lines(program: subprocess.Popen[str]) -> Iterator[str]:
    assert program.stdout is not None
    with program.stdout:
        yield from program.stdout
    assert program.wait(10) == 0


def test_a_killed_worker_changes_no_byte_of_the_output(
    demo: Running, reviews: Path, tmp_path: Path
) -> None:
    calm, rough = tmp_path / "calm.csv", tmp_path / "rough.csv"
    said = "".join(lines(start(demo, reviews, calm)))
    assert "finished!" in said
    kills, told = 0, []
    for line in lines(start(demo, reviews, rough)):
        told.append(line)
        if "running..." in line and kills < 2:
            demo.kill("worker")
            kills += 1
    assert "finished!" in "".join(told)
    assert kills >= 1
    # It was killed in mid-job: afterwards the job was still on its way.
    assert sum("running..." in line for line in told) > kills
    assert rough.read_bytes() == calm.read_bytes()


def test_every_row_comes_out_once_and_in_order(
    demo: Running, reviews: Path, tmp_path: Path
) -> None:
    target = tmp_path / "again.csv"
    assert "finished!" in "".join(lines(start(demo, reviews, target)))
    with (
        reviews.open(encoding="utf-8", newline="") as given,
        target.open(encoding="utf-8-sig", newline="") as gotten,
    ):
        asked, answered = csv.DictReader(given), csv.DictReader(gotten)
        count = 0
        for question, answer in zip(asked, answered, strict=True):
            count += 1
            if count % 1000 == 1:
                hashed = sum(int(v) for k, v in answer.items() if "Hashing" in k)
                words = len(question["Col2"].split(" "))
                # Each word and each pair of neighbours is counted once.
                assert hashed >= words, question
                assert answer["Col2"] == question["Col2"]
    assert count == ROWS
