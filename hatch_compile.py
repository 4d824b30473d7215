"""Compiles what every call passes through to machine code, by mypyc.

`python hatch_compile.py FOLDER` puts the package into FOLDER, whole, with extension
modules beside the modules they were made from; whoever finds FOLDER first on the path
runs them. `hatch_build.py` puts the same into a wheel. The source tree itself never
holds any, as they would go on running after a change of what they were made from.

The modules are ordinary ones: without a compiler they run as they are, at about half
the speed (docs/decisions/0028).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SOURCE = ROOT / "src"
STAMP = "COMPILED"
CANNOT_COMPILE = 3
"""How this ends where there is no compiler, or nobody wants it."""
MODULES = {
    "domain/traffic": ("exchange", "message", "request", "step"),
    "gateway": (
        "answering",
        "counting",
        "detour",
        "direct",
        "engine",
        "forwarder",
        "forwarding",
        "heads",
        "journal",
        "memo",
        "pool",
        "reading",
        "returning",
        "target",
    ),
    "wire": (
        "call",
        "connection",
        "fields",
        "message",
        "plain_heads",
        "reading",
        "server",
    ),
}
"""Room → its modules. A class and all that inherit from it are compiled together. A
Protocol that is the type of an attribute is not: mypyc forgets a default of None."""


def can_compile() -> bool:
    """Whether this machine has what it takes (BRAMKA_COMPILE=0: nobody wants it)."""
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    compiler = str(sysconfig.get_config_var("CC") or "cc").split()[0]
    return (
        os.environ.get("BRAMKA_COMPILE") != "0"
        and sys.implementation.name == "cpython"
        and headers.exists()
        and shutil.which(compiler) is not None
    )


def compile_into(folder: Path) -> None:
    """Have `folder` hold the package as it is now, compiled.

    What was compiled there from the same modules is used again. Whoever comes while
    another one is at it waits.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, told = folder / STAMP, [_digest_of_modules(), _digest_of_all()]
        before = stamp.read_text("utf-8").split() if stamp.exists() else ["", ""]
        if before != told:
            _renew(folder, compiles=before[0] != told[0])
            stamp.write_text("\n".join(told), "utf-8")


def _renew(folder: Path, *, compiles: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="bramka-compile-") as name:
        kept = Path(name) / "kept"
        if not compiles:
            shutil.copytree(folder, kept, ignore=_all_but_made)
        shutil.rmtree(folder, ignore_errors=True)
        ignored = shutil.ignore_patterns("__pycache__", "*.so")
        shutil.copytree(SOURCE / "bramka", folder / "bramka", ignore=ignored)
        if compiles:
            _compile(folder, Path(name))
        else:
            shutil.copytree(kept, folder, dirs_exist_ok=True)


def sources() -> list[str]:
    """The files that are compiled, as paths below the source folder."""
    return [
        f"bramka/{room}/{module}.py"
        for room, modules in MODULES.items()
        for module in modules
    ]


def _digest_of_modules() -> str:
    seen = hashlib.sha256(f"{sys.version} {version('mypy')}".encode())
    for file in (Path(__file__), *(SOURCE / name for name in sources())):
        seen.update(file.read_bytes() + b"\0")
    return seen.hexdigest()


def _digest_of_all() -> str:
    seen = hashlib.sha256()
    for file in sorted((SOURCE / "bramka").rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            seen.update(f"{file.relative_to(SOURCE)}\0".encode() + file.read_bytes())
    return seen.hexdigest()


def _all_but_made(folder: str, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if not name.endswith(".so") and not Path(folder, name).is_dir()
    ]


def _compile(folder: Path, work: Path) -> None:
    """Compile in a process of its own, as setuptools works in the current folder."""
    done = subprocess.run(  # noqa: S603 - this very file
        [sys.executable, __file__, "--inside", str(work)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(
            f"The hot path cannot be compiled (BRAMKA_COMPILE=0 does without):\n"
            f"{done.stdout}"
        )


def _compile_here(work: Path) -> None:
    from mypyc.build import mypycify  # noqa: PLC0415 - only where there is a compiler
    from setuptools import setup  # noqa: PLC0415

    configuration = work / "mypy.ini"
    # `make check` has judged the types; here only what they say is of use.
    configuration.write_text(
        "[mypy]\n"
        "follow_imports = silent\n"
        "ignore_missing_imports = True\n"
        f"cache_dir = {work / 'cache'}\n"
    )
    extensions = mypycify(
        [f"--config-file={configuration}", *sources()],
        # Higher levels took twice the time to compile, and no call was faster.
        opt_level="1",
        debug_level="0",
        group_name="bramka",
        target_dir=str(work / "c"),
    )
    setup(
        name="bramka",
        packages=[],
        ext_modules=extensions,
        script_args=["build_ext", "--inplace", f"--build-temp={work / 'o'}"],
    )
    shutil.rmtree("build", ignore_errors=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--inside", work]:
            _compile_here(Path(work))
        case [folder] if can_compile():
            compile_into(Path(folder))
        case [_]:
            sys.stderr.write(
                "No C compiler, no headers of Python, or BRAMKA_COMPILE=0; on Debian: "
                "apt-get install gcc python3-dev\n"
            )
            sys.exit(CANNOT_COMPILE)
        case _:
            sys.exit("hatch_compile.py FOLDER")
