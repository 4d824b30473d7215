"""ARCHITECTURE.md says what is there."""

import re
from pathlib import Path

from bramka.app.settings import Settings

TEXT = Path("ARCHITECTURE.md").read_text("utf-8")
SOURCE = Path("src/bramka")
LINE = re.compile(r"^((?:│   |    )*)[├└]── (\w+)/ {2,}(\S.*)$", re.MULTILINE)


def drawn() -> list[str]:
    """Each folder of the tree, as a path."""
    paths: list[str] = []
    parents: list[str] = []
    for indent, name, _ in LINE.findall(TEXT):
        depth = len(indent) // 4
        parents[depth:] = [name]
        paths.append("/".join(parents))
    return paths


def rooms() -> list[str]:
    """Each package of the first level, and those of the domain."""
    found = [path for path in SOURCE.iterdir() if (path / "__init__.py").exists()]
    found += [p for p in (SOURCE / "domain").iterdir() if (p / "__init__.py").exists()]
    return [str(path.relative_to(SOURCE)) for path in found]


def test_the_tree_is_the_tree() -> None:
    assert drawn() == sorted(rooms())


def test_every_room_stands_in_the_drawing_of_who_may_import_whom() -> None:
    drawing = TEXT.split("```")[1]
    for room in rooms():
        assert "/" in room or re.search(rf"\b{room}\b", drawing), room


def test_the_ports_are_the_ports(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    rows = re.findall(r"^\| (\w+) \| (\d+) \|", TEXT, re.MULTILINE)
    told = {role: int(port) for role, port in rows}
    assert told == {
        role: getattr(settings, f"{role}_port")
        for role in ("gateway", "services", "console", "blobs")
    }


def test_every_file_it_names_is_there() -> None:
    for path in re.findall(r"`((?:\w+/)+\w+\.py)`", TEXT):
        assert (SOURCE / path).exists(), path
