"""What code of others may not do to files and processes of the same user."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bramka import seccomp

HOSTILE = """
import ctypes, fcntl, json, os, shutil, sys
from runpy import run_path

file, victim, filter = sys.argv[1], int(sys.argv[2]), sys.argv[3]
kernel = ctypes.CDLL(None, use_errno=True)
read, write = os.pipe()
told = {}


def attempt(name, act):
    try:
        act()
        told[name] = "done"
    except OSError as error:
        told[name] = os.strerror(error.errno)


def call(name, *words):
    if getattr(kernel, name)(*words) < 0:
        raise OSError(ctypes.get_errno(), name)


assert run_path(filter)["leave_others_alone"]()
attempt("truncate", lambda: os.truncate(file, 0))
attempt("chown", lambda: os.chown(file, os.getuid(), -1))
attempt("attribute", lambda: os.setxattr(file, "user.a", b"b"))
attempt("owner of signals", lambda: fcntl.fcntl(read, 8, victim))
attempt("which signal", lambda: fcntl.fcntl(read, 10, 9))
attempt("shared memory", lambda: call("shmget", 0, 4096, 0o1600))
attempt("queue", lambda: call("msgget", 0, 0o1600))
attempt("new namespace", lambda: call("unshare", 0x10000000))
attempt("signal", lambda: os.kill(victim, 0))
attempt("mode", lambda: os.chmod(file, 0o777))
attempt("times", lambda: os.utime(file, (1, 1)))
attempt("scheduler", lambda: os.sched_setscheduler(victim, 5, os.sched_param(0)))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, victim, 19))
attempt("processors", lambda: os.sched_setaffinity(victim, {0}))
attempt("copy", lambda: shutil.copy2(file, file + ".copy"))
attempt("flags", lambda: fcntl.fcntl(read, 4, os.O_NONBLOCK))
attempt("signal to itself", lambda: os.kill(os.getpid(), 0))
print(json.dumps(told))
"""
PRETENDED = ("mode", "times", "scheduler", "priority", "processors")
ALLOWED = ("copy", "flags", "signal to itself")


@pytest.fixture
def victim() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n")


def test_files_and_processes_of_the_same_user_stay_as_they_are(
    tmp_path: Path, victim: int
) -> None:
    file = tmp_path / "file"
    file.write_text("content")
    file.chmod(0o600)
    before = file.stat().st_mtime_ns
    words = [str(file), str(victim), str(Path(seccomp.__file__))]
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE, *words], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    passed = {name for name, how in told.items() if how == "done"}
    assert passed == {*PRETENDED, *ALLOWED}
    assert {told[name] for name in set(told) - passed} == {"Operation not permitted"}
    assert (file.read_text(), file.stat().st_mtime_ns) == ("content", before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "file.copy").read_text() == "content"
    assert os.sched_getscheduler(victim) == os.SCHED_OTHER
    assert os.getpriority(os.PRIO_PROCESS, victim) == os.getpriority(0, 0)
    assert os.sched_getaffinity(victim) == os.sched_getaffinity(0)
