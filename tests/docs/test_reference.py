"""The reference pages say what the code says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from bramka.cli.main import command_files


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_those_that_the_code_gives() -> None:
    pages: dict[Path, str] = generator().pages()
    assert len(pages) == 4
    stale = [
        path.name
        for path, text in pages.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    assert not stale, "run `make docs`"


@pytest.mark.parametrize("shelf", ["policies", "catalogue", "cli"])
def test_every_file_of_a_shelf_has_a_heading(shelf: str) -> None:
    page = {"catalogue": "modules", "cli": "commands"}.get(shelf, shelf)
    headings = [
        line
        for line in Path(f"docs/reference/{page}.md").read_text("utf-8").splitlines()
        if line.startswith("## ")
    ]
    files = [
        path
        for path in Path("src/bramka", shelf).glob("*.py")
        if not path.stem.startswith("_") and path.stem != "main"
    ]
    assert len(headings) == len(files) >= 1


def test_headings_are_the_names() -> None:
    text = Path("docs/reference/commands.md").read_text("utf-8")
    assert all(f"\n## bramka {name}\n" in text for name in command_files())
    text = Path("docs/reference/policies.md").read_text("utf-8")
    for path in Path("src/bramka/policies").glob("[a-z]*.py"):
        assert f"\n## {path.stem.replace('_', '-')}\n" in text
