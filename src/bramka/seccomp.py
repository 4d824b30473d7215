"""Seccomp: what processes that run code of others ask of the kernel no more.

It needs Python's own library only: a script's process, which sees none of our packages,
loads this file by its path. Landlock hides files from such a process, but knows neither
their modes, times and attributes nor `truncate`; so these end here.
"""

import ctypes
import os
import platform
import struct

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _DENY, _PRETEND = 0x7FFF0000, 0x00050001, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_CALL, _MACHINE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_Line = tuple[int, int, int, int]


class _Machine:
    """The numbers of one kind of machine."""

    def __init__(
        self,
        audit: int,
        refused: tuple[int, ...],
        pretended: tuple[int, ...],
        signals: tuple[int, int],
        fcntl: int,
    ) -> None:
        self.audit = audit
        self.refused = refused
        self.pretended = pretended
        self.signals = signals
        self.fcntl = fcntl


_MACHINES = {
    "x86_64": _Machine(
        audit=0xC000003E,
        refused=(
            # Sockets, signals, groups of processes, limits and memory of others.
            *(41, 200, 129, 297, 109, 112, 302, 101, 310, 311),
            # truncate, chown, attributes; memory, queues and keys that outlive us.
            *(76, 92, 93, 94, 260, 188, 189, 190, 197, 198, 199),
            *(29, 64, 68, 248, 249, 250),
            # New namespaces, bpf, perf, page faults of one's own, watching files.
            *(272, 308, 321, 298, 323, 254, 301),
        ),
        # chmod, utime; priorities and processors.
        pretended=(
            *(90, 91, 268, 132, 235, 261, 280),
            *(141, 142, 144, 203, 251, 314),
        ),
        signals=(62, 234),
        fcntl=72,
    ),
    "aarch64": _Machine(
        audit=0xC00000B7,
        refused=(
            *(198, 130, 138, 240, 154, 157, 261, 117, 270, 271),
            *(45, 54, 55, 5, 6, 7, 14, 15, 16),
            *(186, 190, 194, 217, 218, 219),
            *(97, 268, 280, 241, 282, 27, 263),
        ),
        pretended=(52, 53, 88, 140, 118, 119, 122, 30, 274),
        signals=(129, 131),
        fcntl=25,
    ),
}
_REFUSED_BY_ALL = (424, 425, 434, 438, 463, 466)
"""pidfds, io_uring; attributes by newer calls."""
_PRETENDED_BY_ALL = (452, 469)
_SENDS_SIGNALS = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: with O_ASYNC the kernel signals whom they name."""


def leave_others_alone() -> bool:
    """No network, signals to nobody else, files of others as they are.

    It holds for this process and its children. This process may signal itself, which is
    how programs abort. Modes, times and priorities are said to be set, for much that
    copies a file or starts a thread sets them, and are not. False where the kernel or
    the machine does not know how.
    """
    known = _MACHINES.get(platform.machine())
    if known is None:
        return False
    lines = _filter(known, os.getpid())
    held = ctypes.create_string_buffer(
        b"".join(struct.pack("HBBI", *line) for line in lines)
    )
    told = struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(held))
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return bool(kernel.prctl(_SECCOMP, _FILTER, told, 0, 0) == 0)


def _filter(known: _Machine, own: int) -> list[_Line]:
    refuse, pretend = (_RETURN, 0, 0, _DENY), (_RETURN, 0, 0, _PRETEND)
    allow = (_RETURN, 0, 0, _ALLOW)
    # Numbers of the other calling convention have a high bit.
    lines: list[_Line] = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, known.audit), refuse]
    lines += [(_LOAD, 0, 0, _CALL), (_AT_LEAST, 0, 1, 0x40000000), refuse]
    for call in (*known.refused, *_REFUSED_BY_ALL):
        lines += [(_EQUAL, 0, 1, call), refuse]
    for call in (*known.pretended, *_PRETENDED_BY_ALL):
        lines += [(_EQUAL, 0, 1, call), pretend]
    for call in known.signals:
        lines += [(_EQUAL, 0, 4, call), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
        lines += [(_EQUAL, 0, 1, own), allow, refuse]
    lines += [(_EQUAL, 0, 7, known.fcntl), (_LOAD, 0, 0, _SECOND_ARGUMENT)]
    for word in _SENDS_SIGNALS:
        lines += [(_EQUAL, 0, 1, word), refuse]
    return [*lines, allow]
