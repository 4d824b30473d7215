"""Race batch jobs against engines: `python -m benchmarks.batch [--size MB] [--task …]`.

A CSV file of 400 MB (quoted commas, quotes, line breaks in 2 % of its rows) is hashed
and scored by a linear model with two workers: ours with modules, or with the rivals'
own scikit-learn pipeline as `bramka publish` takes it (`--task pipeline`). Rows a
second, start of the engine included, and the highest memory of the process tree
(proportional set size): `--size 1600` shows whether it grows with the file. Ours goes
the whole way: queue, leases, blobs, fenced parts, one publication; only the upload of
the input is not counted. The plain pool, the measure, survives nothing. Contenders
run in turn, `--rounds` times; the ratio is the median of the rounds' ratios.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from azure.storage.blob import BlobServiceClient
from msgspec import Struct, to_builtins
from rich.console import Console
from rich.table import Table as Grid

from benchmarks.batch_ours import Ours
from benchmarks.batch_rivals import RIVALS
from benchmarks.batch_task import write_input, write_model
from benchmarks.machine import machine
from benchmarks.process import tree
from benchmarks.report import append_text

RESULTS = Path(__file__).parent / "results" / "batch.jsonl"
SAMPLE_SECONDS = 0.25
AIM = 0.85
TASKS = ("modules", "pipeline")


class Outcome(Struct, frozen=True, kw_only=True):
    """What one contender showed, or why it is not in the race."""

    name: str
    seconds: float = 0.0
    memory: int = 0
    absent: str = ""


class Rounds(Struct, frozen=True, kw_only=True):
    """What one contender showed in all rounds."""

    name: str
    seconds: list[float]
    memory: int
    absent: str

    @classmethod
    def of(cls, outcomes: list[Outcome]) -> Self:
        """The rounds of one contender; one that failed is not in the race."""
        return cls(
            name=outcomes[0].name,
            seconds=[each.seconds for each in outcomes],
            memory=max(each.memory for each in outcomes),
            absent=next((each.absent for each in outcomes if each.absent), ""),
        )

    def ratio(self, base: Self) -> float:
        """Rows a second to the base's, 1 = as many."""
        pairs = zip(base.seconds, self.seconds, strict=True)
        return statistics.median(its / mine for its, mine in pairs)


class Watch(threading.Thread):
    """The highest memory of a process and its descendants, in bytes."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__(daemon=True)
        self.pids = pids
        self.highest = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            found = {each for pid in self.pids for each in tree(pid)}
            self.highest = max(self.highest, sum(map(_memory, found)))


def _memory(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@contextmanager
def watched(pids: list[int]) -> Iterator[Watch]:
    watch = Watch(pids)
    watch.start()
    yield watch
    watch.over.set()
    watch.join()


def rival(name: str, source: Path, folder: Path, model: Path, rows: int) -> Outcome:
    """One run of a rival in a process of its own."""
    target = folder / f"{name}.csv"
    words = (sys.executable, "-m", "benchmarks.batch_rivals", name)
    begun = time.monotonic()
    process = subprocess.Popen(
        (*words, str(source), str(target), str(model)),
        stdout=subprocess.DEVNULL,
        stderr=(folder / f"{name}.log").open("w"),
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path.cwd())},
    )
    with watched([process.pid]) as watch:
        status = process.wait()
    seconds = time.monotonic() - begun
    if status:
        last = (folder / f"{name}.log").read_text().strip().splitlines()[-1:]
        return Outcome(name=name, absent=(last or [f"status {status}"])[0][:200])
    found = target.read_bytes().count(b"\n") - 1
    target.unlink()
    if found != rows:
        return Outcome(name=name, absent=f"wrote {found:,} of {rows:,} rows")
    return Outcome(name=name, seconds=seconds, memory=watch.highest)


def ours(source: Path, folder: Path, rows: int, task: str) -> Outcome:
    """One run of a job through worker and blob endpoint."""
    with Ours(folder, task) as installation:
        client = BlobServiceClient.from_connection_string(installation.connection)
        client.create_container("race")
        with source.open("rb") as file:
            client.get_blob_client("race", "in.csv").upload_blob(
                file, max_concurrency=2
            )
        with watched(installation.pids) as watch:
            seconds = installation.score("race/in.csv", "race/out.csv")
        blob = client.get_blob_client("race", "out.csv").download_blob()
        found = sum(chunk.count(b"\n") for chunk in blob.chunks()) - 1
        client.close()
    if found != rows:
        return Outcome(name="bramka", absent=f"wrote {found:,} of {rows:,} rows")
    return Outcome(name="bramka", seconds=seconds, memory=watch.highest)


def show(entries: list[Rounds], rows: int, size: int, task: str) -> None:
    count = len(entries[0].seconds)
    title = f"{task}: {rows:,} rows, {size / 1e6:,.0f} MB, two workers, rounds: {count}"
    grid = Grid(title=title)
    for column in ("", "rows/s", "to the pool's", "peak memory"):
        grid.add_column(column, justify="right" if column else "left")
    base = next((each for each in entries if each.name == "pool"), None)
    for each in entries:
        if each.absent:
            grid.add_row(each.name, "–", "–", each.absent)
            continue
        ratio = f"{each.ratio(base):.2f}" if base and not base.absent else "–"
        rate = f"{rows / statistics.median(each.seconds):,.0f}"
        grid.add_row(each.name, rate, ratio, f"{each.memory / 1e6:,.0f} MB")
    Console(width=100).print(grid)
    print(f"aim: at least {AIM} of the pool's rows/s, more than all others")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch")
    parser.add_argument("--quick", action="store_true", help="20 MB")
    parser.add_argument("--size", type=float, default=400.0, metavar="MB")
    parser.add_argument("--task", choices=TASKS, default=TASKS[0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="", help="contenders, with commas between")
    given = parser.parse_args()
    size = int((20 if given.quick else given.size) * 1e6)
    chosen = given.only.split(",") if given.only else ["bramka", *RIVALS]
    with tempfile.TemporaryDirectory(prefix="bramka-batch-") as name:
        folder = Path(name)
        source, model = folder / "in.csv", folder / "model"
        rows = write_input(source, size)
        write_model(model)
        found: dict[str, list[Outcome]] = {each: [] for each in chosen}
        for number in range(given.rounds):
            for each in chosen:
                if each == "bramka":
                    place = folder / f"ours-{number}"
                    outcome = ours(source, place, rows, given.task)
                else:
                    outcome = rival(each, source, folder, model, rows)
                found[each].append(outcome)
                print(f"  {each} done: {outcome.seconds:.1f} s", flush=True)
        entries = [Rounds.of(outcomes) for outcomes in found.values()]
        show(entries, rows, source.stat().st_size, given.task)
    told = {"task": given.task, "megabytes": size / 1e6, "rows": rows}
    append_text(RESULTS, {**machine(), **told, "contenders": to_builtins(entries)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
