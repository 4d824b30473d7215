"""What a batch job costs the database, and what that means for 1,000 workers.

python -m benchmarks.scale          measure here, then simulate with what was measured
python -m benchmarks.scale --told   simulate with the figures in docs/guides/scale.md

The first part drives the real queue: processes that claim a chunk, hand it in and claim
the next, with no work in between. The second is a seeded simulation of workers that
share one database: a chunk is scored, then waits for its turn at the database.
"""

import argparse
import heapq
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Table
from tests.postgres import postgres_cluster

from bramka.app.clock import SystemClock
from bramka.domain.learning.job import JobSpec, Piece, Plan
from bramka.store.database import METADATA, open_database
from bramka.store.encryption import Cipher
from bramka.store.job import Jobs
from bramka.store.job_tables import TABLES
from bramka.store.lease import Ledger

CIPHER = Cipher(bytes(32))
SECONDS = 4.0
CHUNKS = 20_000
CHUNK_ROWS = 100_000
BEAT_SECONDS = 5.0 / 4
WORKERS = (1, 2, 10, 100, 1_000)
ROWS = (10**6, 10**8, 10**10)


class Measured(Struct, frozen=True, kw_only=True):
    """Figures of one machine: chunks a second the queue hands out and takes back."""

    sqlite: float
    postgresql: float
    heartbeat: float
    """Heartbeats a second on PostgreSQL, from one process."""
    rows: float
    """Rows a second that one worker scores, storage included."""


TOLD = Measured(sqlite=450.0, postgresql=200.0, heartbeat=1_300.0, rows=60_000.0)
"""What docs/guides/scale.md says; two shared cores."""


def fill(url: str) -> None:
    """One planned job of many chunks."""
    engine = open_database(url)
    METADATA.create_all(engine, tables=list(TABLES))
    clock = SystemClock()
    jobs = Jobs(engine, clock, CIPHER)
    job = "1" * 32
    jobs.register(
        job,
        workspace="w" * 32,
        endpoint="e" * 32,
        package="p",
        spec=JobSpec(inputs={}, outputs={}),
    )
    jobs.start(job)
    ledger = Ledger(engine, clock, CIPHER)
    task = ledger.claim()
    assert task is not None
    pieces = tuple(
        Piece(number=number, start=number, stop=number + 1, first_row=number, rows=None)
        for number in range(CHUNKS)
    )
    assert ledger.set_plan(task.lease, Plan(header=b"", versions={}, pieces=pieces))
    engine.dispose()


def work(url: str, seconds: float, done: "multiprocessing.Queue[int]") -> None:
    """Claim and hand in for a while; how many chunks that were."""
    engine = open_database(url)
    ledger = Ledger(engine, SystemClock(), CIPHER, owner=str(random.random()))
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        task = ledger.claim()
        if task is None:
            break
        assert ledger.finish_chunk(task.lease, CHUNK_ROWS)
        count += 1
    done.put(count)
    engine.dispose()


def beat(url: str) -> float:
    """Heartbeats a second from one process."""
    engine = open_database(url)
    ledger = Ledger(engine, SystemClock(), CIPHER)
    task = ledger.claim()
    assert task is not None
    begun, turns = time.monotonic(), 500
    for _ in range(turns):
        assert ledger.hold(task.lease)
    engine.dispose()
    return turns / (time.monotonic() - begun)


def handed_out(url: str, processes: int) -> float:
    """Chunks a second that go through the queue of this database."""
    done: multiprocessing.Queue[int] = multiprocessing.Queue()
    each = [
        multiprocessing.Process(target=work, args=(url, SECONDS, done))
        for _ in range(processes)
    ]
    for process in each:
        process.start()
    total = sum(done.get() for _ in each)
    for process in each:
        process.join()
    return total / SECONDS


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, postgres_cluster() as url:
        found = {"sqlite": f"sqlite:///{Path(folder) / 'state.db'}", "postgresql": url}
        for each in found.values():
            fill(each)
        yield found


def measure(rows: float) -> Measured:
    with databases() as urls:
        return Measured(
            sqlite=handed_out(urls["sqlite"], 2),
            postgresql=handed_out(urls["postgresql"], 4),
            heartbeat=beat(urls["postgresql"]),
            rows=rows,
        )


class Outcome(Struct, frozen=True, kw_only=True):
    """What a simulated job came to."""

    seconds: float
    busy: float
    """Part of the time in which the database was at work."""
    waited: float
    """Part of the workers' time spent waiting for the database."""


def simulate(
    workers: int, chunks: int, chunk_seconds: float, turn: float, heartbeat: float
) -> Outcome:
    """Workers that take chunks from one queue; a turn at the database costs `turn`.

    Heartbeats are not events of their own: each makes the turns of its worker longer by
    its share. Chunks take between 80 and 120 % of their time, drawn from a fixed seed.
    """
    chance = random.Random(1)
    cost = turn + chunk_seconds / BEAT_SECONDS * heartbeat
    ready = [(chance.random() * chunk_seconds, worker) for worker in range(workers)]
    heapq.heapify(ready)
    free = end = waited = 0.0
    for _ in range(chunks):
        moment, worker = heapq.heappop(ready)
        begun = max(moment, free)
        waited += begun - moment
        free = begun + cost
        end = max(end, free + chunk_seconds)
        spread = chunk_seconds * chance.uniform(0.8, 1.2)
        heapq.heappush(ready, (free + spread, worker))
    return Outcome(
        seconds=end, busy=chunks * cost / end, waited=waited / (workers * end)
    )


def show(measured: Measured) -> None:
    """Rows, workers: how long, how busy the database, how much is waiting."""
    console = Console(width=80)
    console.print(
        f"chunks a second through the queue: SQLite {measured.sqlite:,.0f}, "
        f"PostgreSQL {measured.postgresql:,.0f}; heartbeats {measured.heartbeat:,.0f}; "
        f"one worker scores {measured.rows:,.0f} rows/s"
    )
    turn, heartbeat = 1 / measured.postgresql, 1 / measured.heartbeat
    for rows_per_chunk in (CHUNK_ROWS, 10 * CHUNK_ROWS):
        table = Table(title=f"PostgreSQL, chunks of {rows_per_chunk:,} rows")
        for name in ("rows", "workers", "time", "rows/s", "database", "waiting"):
            table.add_column(name, justify="right")
        for rows in ROWS:
            for workers in WORKERS:
                chunks = max(1, rows // rows_per_chunk)
                chunk_seconds = min(rows, rows_per_chunk) / measured.rows
                found = simulate(workers, chunks, chunk_seconds, turn, heartbeat)
                table.add_row(
                    f"{rows:,}",
                    f"{workers:,}",
                    duration(found.seconds),
                    f"{rows / found.seconds:,.0f}",
                    f"{found.busy:.0%}",
                    f"{found.waited:.0%}",
                )
            table.add_section()
        console.print(table)


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--told", action="store_true", help="measure nothing")
    parser.add_argument("--rows", type=float, default=TOLD.rows, metavar="PER_SECOND")
    given = parser.parse_args(arguments)
    show(TOLD if given.told else measure(given.rows))


if __name__ == "__main__":
    main(sys.argv[1:])
