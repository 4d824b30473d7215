"""Seccomp: what processes that run code of others ask of the kernel no more.

It needs Python's own library only: a script's process, which sees none of our packages,
loads this file by its path.
"""

import ctypes
import os
import platform
import struct

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _DENY = 0x7FFF0000, 0x00050001
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_CALL, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16
# Sockets, signals, groups of processes, limits and memory of others, io_uring, pidfds.
_CALLS = {
    "x86_64": (
        0xC000003E,
        (41, 200, 129, 297, 109, 112, 302, 101, 310, 311),
        (62, 234),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 130, 138, 240, 154, 157, 261, 117, 270, 271),
        (129, 131),
    ),
}
"""Machine → how the kernel names it, calls that are refused, `kill` and `tgkill`."""
_CALLS_OF_ALL = (424, 425, 434, 438)


def leave_others_alone() -> bool:
    """No network, signals to nobody else: refused to this process and its children.

    This process may signal itself, which is how programs abort. False where the kernel
    or the machine does not know how.
    """
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    audit, calls, signals = known
    refuse = (_RETURN, 0, 0, _DENY)
    # Numbers of the other calling convention have a high bit.
    lines = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, audit), refuse]
    lines += [(_LOAD, 0, 0, _CALL), (_AT_LEAST, 0, 1, 0x40000000), refuse]
    for call in (*calls, *_CALLS_OF_ALL):
        lines += [(_EQUAL, 0, 1, call), refuse]
    allow = (_RETURN, 0, 0, _ALLOW)
    for call in signals:
        lines += [(_EQUAL, 0, 4, call), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
        lines += [(_EQUAL, 0, 1, os.getpid()), allow, refuse]
    lines.append(allow)
    program = b"".join(struct.pack("HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(program)
    told = struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(held))
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return bool(kernel.prctl(_SECCOMP, _FILTER, told, 0, 0) == 0)
