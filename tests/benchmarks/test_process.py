"""Processes of a race, and what they leave behind."""

import sys
import time
from pathlib import Path

from benchmarks.contender import Launch
from benchmarks.process import running

WORKER = (
    "import os, signal, time\n"
    "if os.fork() == 0:\n"
    "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "    os.setpgid(0, 0)\n"
    "    print(os.getpid(), flush=True)\n"
    "time.sleep(600)\n"
)


def test_a_worker_that_outlives_its_server_ends_with_the_burst(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(Launch((sys.executable, "-c", WORKER), {}), log, 0):
        while not (said := log.read_text().strip()):
            time.sleep(0.02)
        assert _living(said)
    assert not _living(said)


def _living(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
