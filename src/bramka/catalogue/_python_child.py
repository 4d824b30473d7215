"""Runs a script of somebody's own: started as a process of its own, never imported.

Before any line of the script is read this process gives up what it does not need:
memory and time beyond limits, the network, other processes, and all files but Python's
own and those of its folder. What the kernel does not let it give up is told.
"""

import ast
import ctypes
import io
import json
import os
import resource
import select
import struct
import sys
import traceback
import zipfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any

KEEP = "keep"
"""The word that makes this process stay, and the pipe where it tells how calls end."""
BUNDLE, SOURCES = "Script Bundle", "src"
TASK, NAMES, REFUSED, TABLE = "task.json", "names.json", "refused.json", "result.arrow"
_LIBC = ctypes.CDLL(None, use_errno=True)
_END_WITH_PARENT, _KILL, _NO_NEW_PRIVILEGES = 1, 9, 38
_SECCOMP = str(Path(__file__).parents[1] / "seccomp.py")
_READ, _ALL = 0b1101, (1 << 13) - 1
"""Landlock: execute, read a file, list a folder; everything."""
_SHARED = ("/usr", "/lib", "/lib64", "/etc/fonts", "/etc/localtime", "/etc/ld.so.cache")


class Later:
    """Stands for a library until it is needed.

    They begin threads, which would keep what this process gives up; and they take half
    a second, which a script that is wrong from the start does not need.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


pd, pl = Later("pandas"), Later("polars")


class Refused(Exception):
    """The script runs, but does not keep to what it has to."""


def leave_none_behind() -> None:
    """When this process ends, whoever ends it, what it began ends as well."""
    if os.getpgrp() != os.getpid():
        return
    try:
        ended = os.pidfd_open(os.getpid())
    except OSError:
        return
    # A child's child watches: scripts that wait for all their children wait for none.
    if os.fork():
        os.close(ended)
        os.wait()
    elif os.fork():
        os._exit(0)
    else:
        select.select([ended], [], [])
        os.killpg(0, _KILL)


def give_up(limits: dict[str, int], readable: list[str]) -> list[str]:
    """Take from this process what it does not need; what could not be is told."""
    _limit(limits)
    # Read before files are out of reach; taken after, for it takes rights to shut in.
    leave_others_alone = run_path(_SECCOMP)["leave_others_alone"]
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = {
        "other files": _only_own_files(readable),
        "the network": leave_others_alone(),
    }
    return [what for what, taken in done.items() if not taken]


def _limit(limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _only_own_files(more: list[str]) -> bool:
    """Landlock: read what Python is made of and `more`, write this folder, no more."""
    rules = _LIBC.syscall(444, struct.pack("Q", _ALL), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    readable = {sys.prefix, sys.base_prefix, *_SHARED, *sys.path[1:], *more}
    for path in map(Path, readable):
        _allow(rules, path, _READ)
    _allow(rules, Path.cwd(), _ALL)
    _allow(rules, Path(os.devnull), _READ | 0b10)
    _allow(rules, Path("/dev/urandom"), _READ)
    done = _LIBC.syscall(446, rules, 0) == 0
    os.close(rules)
    return bool(done)


def _allow(rules: int, path: Path, access: int) -> None:
    if not path.exists():
        return
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    allowed = access if path.is_dir() else access & 0b111
    _LIBC.syscall(445, rules, 1, struct.pack("=Qi", allowed, opened), 0)
    os.close(opened)


def frame_of(path: str) -> Any:
    """A table as pandas knows it: missing numbers are NaN, categories are texts."""
    table = pl.read_ipc(path)
    columns = [_cells(series) for series in table.get_columns()]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    frame.columns = table.columns
    return frame


def _cells(series: Any) -> Any:
    if series.dtype.is_numeric() and series.null_count():
        series = series.cast(pl.Float64).fill_null(float("nan"))
    plain = series.dtype.is_numeric() or series.dtype.is_temporal()
    if plain or (series.dtype == pl.Boolean and not series.null_count()):
        return pd.Series(series.to_numpy().copy())
    return pd.Series(series.to_list(), dtype=object)


def write_frame(frame: Any) -> None:
    """What a script gave, column by column under numbers; names stand beside."""
    columns = [
        _series(frame.iloc[:, place]).alias(str(place))
        for place in range(frame.shape[1])
    ]
    pl.DataFrame(columns).write_ipc(TABLE)
    names = json.dumps([str(name) for name in frame.columns])
    Path(NAMES).write_text(names, encoding="utf-8")


def _series(column: Any) -> Any:
    kind = getattr(column.dtype, "kind", "O")
    if kind in "iufb" and not pd.api.types.is_extension_array_dtype(column.dtype):
        found = pl.Series(column.to_numpy())
        # To pandas what misses is NaN, on the way back as well.
        return found.fill_nan(None) if kind == "f" else found
    if kind in "mM":
        return _times(column, kind)
    gaps = zip(column.tolist(), column.isna(), strict=True)
    cells = [None if missing else cell for cell, missing in gaps]
    try:
        found = pl.Series(cells, strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        found = pl.Series([], dtype=pl.Object)
    known = found.dtype.is_numeric() or found.dtype.is_temporal()
    if known or found.dtype in (pl.String, pl.Boolean):
        return found
    texts = [None if cell is None else str(cell) for cell in cells]
    return pl.Series(texts, dtype=pl.String)


def _times(column: Any, kind: str) -> Any:
    zone = getattr(column.dtype, "tz", None)
    plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if zone else column
    found = pl.Series(plain.to_numpy().astype(f"{kind}8[us]"))
    return found.dt.replace_time_zone("UTC") if zone else found


def unpack(bundle: str, folder: str) -> None:
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(folder)


def become(command: list[str], bundle: str) -> None:
    """Go on as another program, which has given up the same."""
    if bundle:
        unpack(bundle, SOURCES)
    sys.stdout.flush()
    # It is ours, and told by its whole path.
    os.execv(command[0], command)  # noqa: S606


def run(task: dict[str, Any]) -> None:
    """Run the script on the frames, and write what it gave."""
    if task["bundle"]:
        unpack(task["bundle"], BUNDLE)
        sys.path.insert(0, str(Path(BUNDLE).resolve()))
    scope: dict[str, Any] = {"__name__": "azureml_script"}
    # To run it is what this process is for.
    exec(compile(task["script"], "script.py", "exec"), scope)  # noqa: S102
    entry = scope.get("azureml_main")
    if not callable(entry):
        raise Refused("The script defines no function azureml_main.")
    given = entry(*(frame_of(path) for path in task["frames"]))
    if not isinstance(given, tuple | list):
        raise Refused(
            "azureml_main has to return a sequence of data frames, as in "
            f"`return dataframe1,`; it returned {type(given).__name__}."
        )
    if not given or not isinstance(given[0], pd.DataFrame):
        raise Refused("The sequence that azureml_main returned holds no data frame.")
    write_frame(given[0])


def attempt(task: dict[str, Any]) -> int:
    """Run the script, and tell how that ended; what went wrong is written down."""
    try:
        run(task)
    except Refused as refusal:
        Path(REFUSED).write_text(str(refusal), encoding="utf-8")
        return 1
    except BaseException as error:
        trace = error.__traceback__
        # From the script's first line on: what ran it is none of its matter.
        while trace and trace.tb_frame.f_code.co_filename != "script.py":
            trace = trace.tb_next
        told = traceback.format_exception(type(error), error, trace)
        Path(REFUSED).write_text("".join(told), encoding="utf-8")
        return 1
    return 0


def keep(script: str) -> None:
    """Do calls until the input ends, each in a copy of this process.

    A copy is made before any thread is: libraries are imported here, not used.
    """
    for name in ("pandas", "polars", *imported_by(script)):
        with suppress(Exception):
            import_module(name)
    ends = os.open(KEEP, os.O_WRONLY)
    for line in sys.stdin:
        copy = os.fork()
        if copy == 0:
            os.close(ends)
            os._exit(call_in(line.rstrip("\n")))
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
        os.write(ends, b"%d\n" % code)


def call_in(folder: str) -> int:
    """Do the call whose files are in a folder, where nothing is told to others."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    here = str(Path.cwd())
    os.environ.update(HOME=here, TMPDIR=here, MPLCONFIGDIR=here)
    code = attempt(json.loads(Path(TASK).read_text(encoding="utf-8")))
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    return code


def imported_by(script: str) -> list[str]:
    """The libraries that a script imports before it does anything else."""
    try:
        body = ast.parse(script).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for each in body:
        if isinstance(each, ast.Import):
            found += [alias.name for alias in each.names]
        elif isinstance(each, ast.ImportFrom) and each.module and not each.level:
            found.append(each.module)
    return found


if __name__ == "__main__":
    asked = json.loads(Path(TASK).read_text(encoding="utf-8"))
    if KEEP not in (*sys.argv[1:], *asked.get("command", ())):
        # A run that is cancelled takes its script along.
        _LIBC.prctl(_END_WITH_PARENT, _KILL, 0, 0, 0)
        leave_none_behind()
    kept = give_up(asked["limits"], asked.get("readable", []))
    if kept:
        sys.stdout.write(f"The kernel does not take away: {', '.join(kept)}.\n")
    if "command" in asked:
        become(asked["command"], asked["bundle"])
    if sys.argv[1:] == [KEEP]:
        keep(asked["script"])
    else:
        # Who watches sees a line when it is printed.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(line_buffering=True)
        sys.exit(attempt(asked))
