"""`bramka job`: list, show, watch, cancel, retry and log on a data folder."""

import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from tests.jobs.bench import Bench, Measure, texts

from bramka.app.clock import SystemClock
from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.cli.main import bramka
from bramka.jobs import Worker
from bramka.store.job import Jobs
from bramka.store.lease import Ledger

DRAWING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""What a terminal obeys and does not show."""


class Uncut(Measure):
    """Refuses to score some rows without the others."""

    row_wise = False


class Installation(Bench):
    """A data folder with jobs, and a worker that does them slowly."""

    def __init__(self, folder: Path) -> None:
        store = open_store(Settings(data=folder / "data"))
        super().__init__(store.engine, SystemClock(), folder)
        self.data = folder / "data"
        self.jobs = Jobs(store.engine, self.clock, store.vault.cipher)
        ledger = Ledger(store.engine, self.clock, store.vault.cipher)
        tools = self.tools(Measure(0.02))
        self.worker = Worker(msgspec.structs.replace(tools, ledger=ledger))

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(bramka, ["job", *words, "--data", str(self.data)])

    def work(self) -> None:
        while self.worker.step():
            pass


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.engine.dispose()


def test_a_job_is_watched_to_its_end(installation: Installation) -> None:
    job = installation.submit(texts(200))
    working = threading.Thread(target=installation.work)
    working.start()
    result = installation.run("watch", job)
    working.join()
    assert (result.exit_code, result.stdout) == (0, "Finished\n")
    lines = result.stderr.splitlines()
    assert lines[-1].startswith("finished 100 %, 200 of 200 rows, ")
    # A line for each tenth at most, and none is drawn anew: it is no terminal.
    assert 3 < len(lines) < 20
    assert "\x1b" not in result.stderr
    log = installation.run("log", job).stdout.splitlines()
    assert [line[21:] for line in log][-1] == "published: finished"


def test_a_terminal_of_80_columns_shows_a_bar_that_moves(
    installation: Installation,
) -> None:
    job = installation.submit(texts(200))
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    words = [sys.executable, "-m", "bramka", "job", "watch", job]
    watching = subprocess.Popen(
        [*words, "--data", str(installation.data)],
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": "src", "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    while b"queued" not in shown:
        shown += os.read(ours, 4096)
    installation.work()
    with suppress(OSError):  # The end of a terminal is an error to who reads it.
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert watching.wait(90) == 0
    lines = [DRAWING.sub("", line) for line in re.split(r"[\r\n]+", shown.decode())]
    bars = [line for line in lines if "%" in line]
    assert len(set(bars)) > 4
    assert {len(bar) for bar in bars} <= {79, 80}
    assert "━" * 10 in bars[-1]
    assert bars[-1].startswith("finished")
    assert " 100% 200 of 200 rows, " in bars[-1]
    assert [line for line in lines if line][-1] == "Finished"


def test_a_job_that_is_not_cut_says_why(installation: Installation) -> None:
    whole = Uncut()
    tools = msgspec.structs.replace(installation.worker.tools, load=lambda _: whole)
    installation.worker = Worker(tools)
    job = installation.submit(texts(20))
    installation.work()
    reason = "one worker scores all rows at once: the service needs its whole table"
    assert f"uncut     {reason}\n" in installation.run("show", job).stdout
    assert f"planned: {reason}\n" in installation.run("log", job).stdout
    assert reason in installation.run("watch", job).stderr


def test_a_watched_job_that_fails_says_why(installation: Installation) -> None:
    job = installation.submit(b"text\ngood\nbad\n")
    installation.work()
    result = installation.run("watch", job)
    assert result.exit_code == 1
    assert "Failed" in result.stdout
    assert "Row: 2" in result.stdout
    assert "Row: 2" in installation.run("show", job).stdout


def test_jobs_are_found_cancelled_and_tried_again(installation: Installation) -> None:
    failed = installation.submit(b"text\nbad\n", subscription="ann")
    installation.work()
    waiting = installation.submit(texts(5), subscription="bob")

    def listed(*words: str) -> list[str]:
        found = json.loads(installation.run("list", "--output", "json", *words).stdout)
        return [job["id"] for job in found]

    assert listed() == [waiting, failed]
    assert listed("--state", "failed") == [failed]
    assert listed("--subscription", "bob") == [waiting]
    assert installation.run("cancel", waiting).exit_code == 0
    assert listed("--state", "cancelled") == [waiting]
    refused = installation.run("retry", waiting)
    assert refused.exit_code == 1
    assert "cancelled cannot retry" in refused.stderr
    assert installation.run("retry", failed).exit_code == 0
    assert listed("--state", "queued") == [failed]


def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as held:
        # Bound and not listening: whoever comes is refused.
        held.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://me:hidden@127.0.0.1:{held.getsockname()[1]}/bramka"
        words = ["job", "list", "--data", str(tmp_path), "--database", url]
        told = CliRunner().invoke(bramka, words)
    assert told.exit_code == 1
    assert told.output.startswith("bramka: The database does not answer: connection")
    assert told.output.count("\n") == 1
    assert "hidden" not in told.output


def test_a_proof_is_for_an_endpoint_that_there_is(installation: Installation) -> None:
    refused = installation.run("proof", "nobody")
    assert refused.exit_code == 1
    assert refused.stderr == "bramka: There is no endpoint 'nobody'.\n"
