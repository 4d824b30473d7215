"""Files that policies log to: one folder, one line a message, bounded in size."""

import os
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
"""A file of this size is set aside, in place of the one set aside before."""


class LogFiles:
    """The log files of one gateway process."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes
        self._open: dict[str, int] = {}

    def append(self, name: str, line: bytes) -> None:
        """Add a line; OSError when the disk does not take it."""
        descriptor = self._open.get(name)
        if descriptor is None:
            descriptor = self._open[name] = self._opened(name)
        os.write(descriptor, line + b"\n")
        if os.fstat(descriptor).st_size >= self._most:
            os.close(self._open.pop(name))
            path = self._folder / f"{name}.log"
            path.replace(path.with_suffix(".log.1"))

    def _opened(self, name: str) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        return os.open(self._folder / f"{name}.log", flags, 0o600)

    def close(self) -> None:
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()

    def __repr__(self) -> str:
        return f"<LogFiles: {len(self._open)} open>"
