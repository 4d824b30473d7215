"""A scorer process: shuts itself in, takes one model over its input, and scores.

Answers go where its output went at the start; what models print goes nowhere. What
takes threads is imported after the process has left the network: later it may not.
"""

import ctypes
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from bramka.seccomp import leave_others_alone

LENGTH_BYTES = 8
MEMORY = 4 << 30
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
NO_NEW_PRIVILEGES = 38
CPU_SECONDS = 24 * 3600
FILES = 256
PROCESSES = 512
"""And threads: some libraries start one for each core."""


def main() -> None:
    """Serve until the input ends."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    messages = _messages()
    # A folder with the model's files comes first, or the name of none.
    kept = shut_in(next(messages, b"").decode())
    # Not before: threads keep a process in its network.
    from bramka.studio.scoring_desk import Desk  # noqa: PLC0415

    desk = Desk(kept)
    for content in messages:
        answer = desk.answer(content)
        _write(answers, len(answer).to_bytes(LENGTH_BYTES, "little") + answer)


def shut_in(folder: str = "") -> tuple[str, ...]:
    """Give up what a model does not need; what the kernel allowed, in words.

    Files in `folder` stay readable.
    """
    # A model may name files beside it, and beside us lies our data.
    os.chdir(Path(os.__file__).parent)
    for kind, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
    ):
        resource.setrlimit(kind, (most, most))
    kept = ["limits of memory, files and processor time"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_NETWORK) == 0:
        # Only here: elsewhere all processes of our user count. (The superuser's never.)
        resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
        kept += ["no network", "few processes"]
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
        kept.append("no new privileges")
    if _only_libraries(libc, folder):
        kept.append("no files but Python's own")
    if leave_others_alone():
        kept.append("no signals to others, nor changes of their files")
    return tuple(kept)


_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_FILE_RIGHTS = (1 << 13) - 1
"""All rights on files that the first version of Landlock knows."""
_READ = 0b1101
"""To execute, to read files and folders."""
_READ_FILE = 0b0101
_SYSTEM = ("/usr", "/lib", "/lib64", "/proc", "/sys", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_O_PATH = 0o10000000


class _Ruleset(ctypes.Structure):
    """What a ruleset handles."""

    _fields_ = (("files", ctypes.c_uint64),)


class _Below(ctypes.Structure):
    """What is allowed below a folder."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _only_libraries(libc: ctypes.CDLL, own: str) -> bool:
    """Whether Landlock now hides all files but ours, Python's and the system's."""
    wanted = _Ruleset(_FILE_RIGHTS)
    size = ctypes.sizeof(wanted)
    rules = libc.syscall(_CREATE_RULESET, ctypes.byref(wanted), size, 0)
    if rules < 0:
        return False
    for path in {sys.prefix, sys.base_prefix, *sys.path, *_SYSTEM, *_DEVICES, own} - {
        ""
    }:
        if not Path(path).exists():
            continue
        folder = os.open(path, _O_PATH)
        below = _Below(_READ if Path(path).is_dir() else _READ_FILE, folder)
        libc.syscall(_ADD_RULE, rules, 1, ctypes.byref(below), 0)
        os.close(folder)
    return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)


def _messages() -> Iterator[bytes]:
    while len(head := sys.stdin.buffer.read(LENGTH_BYTES)) == LENGTH_BYTES:
        yield sys.stdin.buffer.read(int.from_bytes(head, "little"))


def _write(target: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(target, left) :]


if __name__ == "__main__":
    main()
