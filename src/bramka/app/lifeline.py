"""Ties the life of a process to the supervisor that started it."""

import ctypes
import os
import signal

PARENT = "BRAMKA_SUPERVISOR"
_PR_SET_PDEATHSIG = 1


def hold() -> None:
    """Die when the supervisor dies, even by kill -9; nothing if there is none."""
    parent = os.environ.pop(PARENT, "")
    if not parent:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # It may have died before the call above; then nobody will send the signal.
    if os.getppid() != int(parent):
        raise SystemExit("the supervisor that started this process is gone")
