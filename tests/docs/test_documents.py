"""Documents: links resolve, commands exist, decisions have their form."""

import re
import tomllib
from pathlib import Path

import pytest

from bramka.cli.main import command_files

DOCUMENTS = [*sorted(Path().glob("*.md")), *sorted(Path("docs").rglob("*.md"))]
DECISIONS = sorted(Path("docs/decisions").glob("0*.md"))
PARTS = ("Context", "Decision", "Consequences", "What would make us change it")


def ids(path: Path) -> str:
    return str(path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_link_into_the_repository_resolves(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (document.parent / target.partition("#")[0]).exists(), target


def code(text: str) -> list[str]:
    """Every line of code in a document, in a block or in a sentence."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [*"\n".join(blocks).splitlines(), *re.findall(r"`([^`\n]+)`", rest)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_command_in_it_exists(document: Path) -> None:
    makefile = Path("Makefile").read_text("utf-8")
    for line in code(document.read_text("utf-8")):
        if found := re.match(r"(?:\$ )?make ([a-z]+)", line):
            assert re.search(rf"^{found[1]}:", makefile, re.MULTILINE), line
        if found := re.match(r"(?:\$ )?(?:\S*/)?bramka ([a-z][a-z-]*)", line):
            assert found[1] in command_files(), line


@pytest.mark.parametrize("decision", DECISIONS, ids=ids)
def test_a_decision_says_why_and_what_would_change_it(decision: Path) -> None:
    text = decision.read_text("utf-8")
    number = int(decision.name[:4])
    assert text.startswith(f"# {number}. ")
    assert len(text.splitlines()) <= 40
    places = [text.find(f"**{part}.**") for part in PARTS]
    assert places[0] >= 0
    assert places == sorted(places)


def test_decisions_are_numbered_and_listed() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    index = Path("docs/decisions/README.md").read_text("utf-8")
    titles = [path.read_text("utf-8").split("\n")[0][2:] for path in DECISIONS]
    lines = [
        f"- [{title}]({path.name})"
        for title, path in zip(titles, DECISIONS, strict=True)
    ]
    assert "\n".join(lines) in index


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += extra
    reasons = Path("docs/decisions/0010-dependencies.md").read_text("utf-8")
    table = " ".join(re.findall(r"^\| ([^|]+) \|", reasons, re.MULTILINE))
    for line in wanted:
        name = re.split(r"[\[<>=~ ]", line)[0]
        assert re.search(rf"(^|[ ,]){re.escape(name)}($|[ ,])", table), name


def test_the_glossary_is_in_order_and_names_each_word_once() -> None:
    text = Path("docs/glossary.md").read_text("utf-8")
    words = re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)[1:]
    assert words == sorted(set(words), key=lambda word: word.lower())
