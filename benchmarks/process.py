"""Processes of a race: pinned to a core, ready when they answer, ended with it."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contender import CannotRaceError, Launch

READY_SECONDS = 20.0
_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def executable(name: str, remedy: str) -> str:
    """The path of program `name`, or why the contender cannot race."""
    beside_python = Path(sys.prefix) / "bin" / name
    found = shutil.which(name) or shutil.which(beside_python)
    if found is None:
        raise CannotRaceError(f"no {name} here: {remedy}")
    return found


@contextlib.contextmanager
def running(launch: Launch, log: Path, core: int) -> Iterator[int]:
    """The pid of `launch`, pinned to `core`; its whole session ends with it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ("taskset", "-c", str(core), *launch.command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | launch.environment,
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End all that was started: a worker left spinning would slow who races next."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    while left := [each for each in _session(process.pid) if _lives(each)]:
        for each in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        time.sleep(0.05)
    process.wait()


def _session(leader: int) -> list[int]:
    """The processes of the session that `leader` began, whatever their groups are."""
    return [each for each, fields in _processes() if int(fields[3]) == leader]


def await_answer(
    pid: int, port: int, path: str, log: Path, *, secure: bool = False
) -> None:
    """Return once something answers HTTP on `port`; says why if it never does."""
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        if not _lives(pid):
            raise CannotRaceError(f"ended at once: {last_words(log)}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(port, path, {}, secure=secure)
            return
        time.sleep(0.05)
    raise CannotRaceError(f"silent for {READY_SECONDS:.0f} s: {last_words(log)}")


def _lives(pid: int) -> bool:
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def last_words(log: Path) -> str:
    """The last line that a process left in its log."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1][-300:] if lines else "no word in its log"


def trusting() -> ssl.SSLContext:
    """A client that believes any certificate: the race makes its own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(
    port: int, path: str, headers: dict[str, str], *, secure: bool = False
) -> tuple[int, bytes]:
    """Status and body of one GET to `port`."""
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=trusting())
        if secure
        else http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    )
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def cpu_seconds(pid: int) -> tuple[float, float]:
    """User and system time that `pid` and all its descendants have used so far.

    /proc counts every thread of a process, and the children it has reaped.
    """
    user = system = 0
    for each in tree(pid):
        spent = list(map(int, _stat(each)[11:15]))
        user += spent[0] + spent[2]
        system += spent[1] + spent[3]
    return user / _TICK, system / _TICK


def tree(pid: int) -> list[int]:
    """`pid` and its living descendants."""
    children: dict[int, list[int]] = {}
    for each, fields in _processes():
        children.setdefault(int(fields[1]), []).append(each)
    found = [pid]
    for each in found:
        found.extend(children.get(each, ()))
    return found


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Each process of the machine with its fields from the state on."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(entry.name), _stat(int(entry.name))


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on; the name may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
