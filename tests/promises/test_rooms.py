"""Rooms: they import downwards only, and each says what it is for."""

import ast
import subprocess
import sys
from pathlib import Path

SOURCE = Path("src/bramka")


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [program, "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "src", "PATH": ""},
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_file_begins_by_saying_what_it_is() -> None:
    silent = [
        str(path)
        for path in SOURCE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_every_command_file_exports_its_command() -> None:
    for path in (SOURCE / "cli").glob("*.py"):
        if path.stem not in ("__init__", "main"):
            tree = ast.parse(path.read_text("utf-8"))
            names = {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef)
            }
            for node in tree.body:
                if isinstance(node, ast.Assign):
                    names |= {
                        one.id for one in node.targets if isinstance(one, ast.Name)
                    }
            assert "command" in names, path


def test_time_and_chance_come_from_app_only() -> None:
    """What ruff bans, checked also where somebody silenced it."""
    real = ("time.time(", "time.monotonic(", "datetime.now(", "uuid4(", "uuid1(")
    guilty = [
        f"{path}: {call}"
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] not in ("app", "cli")
        for call in real
        if call in path.read_text("utf-8")
    ]
    assert not guilty
