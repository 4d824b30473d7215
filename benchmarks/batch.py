"""Race batch jobs against engines: `python -m benchmarks.batch [--size MB] [--task …]`.

A CSV file of 400 MB (quoted commas, quotes, line breaks in 2 % of its rows) is hashed
and scored by a linear model with two workers: ours with modules, or with the rivals'
own scikit-learn pipeline as `bramka publish` takes it (`--task pipeline`). Rows a
second, start of the engine included, and the highest memory of the process tree
(proportional set size): `--size 1600` shows whether it grows with the file. Ours goes
the whole way: queue, leases, blobs, fenced parts, one publication; only the upload of
the input is not counted. The plain pool, the measure, survives nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from azure.storage.blob import BlobServiceClient
from msgspec import Struct
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
    with Ours(folder / "ours", task) as installation:
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


def show(outcomes: list[Outcome], rows: int, size: int, task: str) -> None:
    grid = Grid(title=f"{task}: {rows:,} rows, {size / 1e6:,.0f} MB, two workers")
    for column in ("", "rows/s", "to the pool's", "peak memory"):
        grid.add_column(column, justify="right" if column else "left")
    base = next((o.seconds for o in outcomes if o.name == "pool"), 0.0)
    for each in outcomes:
        if each.absent:
            grid.add_row(each.name, "–", "–", each.absent)
            continue
        ratio = f"{base / each.seconds:.2f}" if base else "–"
        memory = f"{each.memory / 1e6:,.0f} MB"
        grid.add_row(each.name, f"{rows / each.seconds:,.0f}", ratio, memory)
    Console(width=100).print(grid)
    print(f"aim: at least {AIM} of the pool's rows/s, more than all others")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch")
    parser.add_argument("--quick", action="store_true", help="20 MB")
    parser.add_argument("--size", type=float, default=400.0, metavar="MB")
    parser.add_argument("--task", choices=TASKS, default=TASKS[0])
    parser.add_argument("--only", default="", help="contenders, with commas between")
    given = parser.parse_args()
    size = int((20 if given.quick else given.size) * 1e6)
    chosen = given.only.split(",") if given.only else ["bramka", *RIVALS]
    with tempfile.TemporaryDirectory(prefix="bramka-batch-") as name:
        folder = Path(name)
        source, model = folder / "in.csv", folder / "model"
        rows = write_input(source, size)
        write_model(model)
        outcomes = []
        for each in chosen:
            run: Callable[[], Outcome] = (
                (lambda: ours(source, folder, rows, given.task))
                if each == "bramka"
                else (lambda: rival(each, source, folder, model, rows))  # noqa: B023 - called at once
            )
            outcomes.append(run())
            print(f"  {each} done", flush=True)
        show(outcomes, rows, source.stat().st_size, given.task)
    found = [
        {"name": o.name, "seconds": o.seconds, "memory": o.memory, "absent": o.absent}
        for o in outcomes
    ]
    told = {"task": given.task, "megabytes": size / 1e6, "rows": rows}
    append_text(RESULTS, {**machine(), **told, "contenders": found})
    return 0


if __name__ == "__main__":
    sys.exit(main())
