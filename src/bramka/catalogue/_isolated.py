"""Scripts of somebody's own, run in a process and folder of their own."""

import codecs
import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path

from bramka.catalogue._workroom import (
    KEEP,
    PRINTED,
    ROOM,
    Command,
    Ended,
    Files,
    Workroom,
    surroundings,
)
from bramka.domain.learning.module import ModuleError

MEMORY = 4 << 30
FILE = 256 << 20
MOST_TEXT = 100_000
MOST_PICTURES = 32
TASK = "task.json"
CALL = "call"
DIED = -9
"""How a kept process ended that is gone."""
LOOK_SECONDS = 0.5
"""So often what a script prints is passed on."""
LIVE: ContextVar[Callable[[str], None] | None] = ContextVar("LIVE", default=None)
"""Who wants to see what a script prints while it runs; nobody, unless told."""


def run_isolated(
    command: Sequence[str], folder: Path, seconds: int, error: int
) -> tuple[int, str]:
    """How the process ended, and what it printed; an error where it takes too long.

    It gets nothing of our surroundings: no variables, no input, no other folder.
    Where a model keeps processes, one of those does it.
    """
    room = ROOM.get()
    if room is not None:
        return _run_kept(room, tuple(command), folder, seconds, error)
    with (folder / PRINTED).open("wb") as printed:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            cwd=folder,
            env=surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = _waited(process, folder / PRINTED, seconds)
        except subprocess.TimeoutExpired:
            raise _too_long(seconds, error) from None
        finally:
            _end(process)
    return code, _text(folder / PRINTED)


def _run_kept(
    room: Workroom, command: Command, folder: Path, seconds: int, error: int
) -> tuple[int, str]:
    """The same by a process that is kept for this model.

    It may see its own folder only, so the call's folder lies there for a while.
    """
    files, words = _kept_task(folder)
    try:
        with room.taken(command, files) as kept:
            inside = kept.folder / CALL
            folder.rename(inside)
            try:
                code = kept.run([CALL, *words], seconds)
                return code, _text(kept.folder / PRINTED)
            finally:
                inside.rename(folder)
    except TimeoutError:
        raise _too_long(seconds, error) from None
    except Ended:
        return DIED, ""


def _kept_task(folder: Path) -> tuple[Files, list[str]]:
    """What a process needs for all calls like the one in a folder, and for this one."""
    asked = json.loads((folder / TASK).read_text("utf-8"))
    asked["bundle"] = ""
    asked.pop("frames", None)
    files, words = [], []
    if "command" in asked:
        *program, task, seed = asked["command"]
        asked["command"] = [*program, KEEP]
        words = [task, seed]
        name = program[-1]
        files.append((name, (folder / name).read_bytes()))
    files.append((TASK, json.dumps(asked).encode()))
    return tuple(files), words


def _waited(process: "subprocess.Popen[bytes]", path: Path, seconds: int) -> int:
    """How it ended; meanwhile what it prints is passed on."""
    tell = LIVE.get()
    if tell is None:
        return process.wait(seconds)
    read = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as printed:
        for _ in range(int(seconds / LOOK_SECONDS)):
            try:
                return process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            finally:
                tell(read.decode(printed.read(MOST_TEXT)))
    raise subprocess.TimeoutExpired(process.args, seconds)


def failed(reason: str, number: int) -> ModuleError:
    """Error 0085 of a script, or 0063 of one in R."""
    if number == 63:
        return ModuleError(63, f"Error during evaluation of R script. {reason}")
    return ModuleError(number, f"Error during evaluation of script. {reason}")


def _too_long(seconds: int, error: int) -> ModuleError:
    return failed(f"It took longer than {seconds} seconds, and was ended.", error)


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
