"""Scripts of somebody's own, run in a process and folder of their own."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bramka.domain.learning.module import ModuleError

MEMORY = 4 << 30
FILE = 256 << 20
MOST_TEXT = 100_000
MOST_PICTURES = 32
_PRINTED = "printed.txt"
_BLAS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")


def run_isolated(
    command: Sequence[str], folder: Path, seconds: int, error: int
) -> tuple[int, str]:
    """How the process ended, and what it printed; an error where it takes too long.

    It gets nothing of our surroundings: no variables, no input, no other folder.
    """
    environment = {
        **dict.fromkeys(_BLAS, "1"),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLCONFIGDIR": str(folder),
        "MPLBACKEND": "Agg",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with (folder / _PRINTED).open("wb") as printed:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ModuleError(
                error,
                "Error during evaluation of script: it took longer than "
                f"{seconds} seconds, and was ended.",
            ) from None
        finally:
            _end(process)
    return code, _text(folder / _PRINTED)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it, and whatever it began."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(path: Path) -> str:
    """What was printed, its end if it is long."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - MOST_TEXT))
        return file.read().decode("utf-8", "replace")


def left_file(path: Path) -> bytes | None:
    """A file that a script left; None if it left none."""
    # A link could lead to a file that is not the script's.
    if path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes()


def pictures(folder: Path) -> tuple[bytes, ...]:
    """The PNG files that a script wrote into its folder, by name."""
    left = (left_file(path) for path in sorted(folder.glob("*.png"))[:MOST_PICTURES])
    return tuple(content for content in left if content is not None)


def last_lines(text: str, count: int = 12) -> str:
    """The end of a text, where tracebacks tell what went wrong."""
    return "\n".join(text.strip().splitlines()[-count:])
