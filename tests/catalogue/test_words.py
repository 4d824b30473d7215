"""What pages tell of modules in other languages: our own shelf lacks no word."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import bramka
from bramka.catalogue import shelf
from bramka.domain.errors import Missing
from bramka.domain.learning.module import UntypedModule

SHELF = shelf()
SOURCE = Path(bramka.__file__).parent
PLACE = re.compile(r"\{\d\}")


class Told(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    help: str


class Words(msgspec.Struct, forbid_unknown_fields=True):
    modules: dict[str, Told]
    categories: dict[str, str]
    ports: dict[str, str]
    parameters: dict[str, str]
    descriptions: dict[str, str]
    values: dict[str, str]
    figures: dict[str, str]
    messages: dict[str, str]


POLISH = msgspec.convert(SHELF.words("pl"), Words)


def every_text(module: UntypedModule) -> Iterator[tuple[str, str]]:
    """What is told of a module, and the list that has the words for it."""
    yield "modules", module.name
    yield from (("categories", part) for part in module.category.split(" / "))
    yield from (("ports", port.name) for port in (*module.inputs, *module.outputs))
    for parameter in module.parameters:
        yield "parameters", parameter.name
        yield "descriptions", parameter.description
        yield from (("values", value) for value in parameter.values)


def told_by(source: ast.expr) -> str:
    """A message as words know it: with {0}, {1}, … where the program puts values."""
    pieces: list[str | None] = []

    def take(node: ast.expr) -> None:
        if isinstance(node, ast.Constant):
            pieces.append(str(node.value))
        elif isinstance(node, ast.JoinedStr):
            for each in node.values:
                take(each)
        elif isinstance(node, ast.BinOp):
            take(node.left)
            take(node.right)
        elif isinstance(node, ast.FormattedValue) and node.conversion == ord("r"):
            pieces.extend(("'", None, "'"))
        else:
            pieces.append(None)

    take(source)
    places = iter(range(10))
    return "".join(f"{{{next(places)}}}" if each is None else each for each in pieces)


def messages_in(path: Path) -> Iterator[str]:
    """The texts of module errors that a file raises."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="ModuleError"), args=[_, text, *_]):
                told = told_by(text)
                if PLACE.sub("", told):
                    yield told


@pytest.mark.parametrize("family", list(SHELF), ids=lambda each: SHELF[each].name)
def test_everything_that_is_told_of_a_module_is_told_in_polish(family: str) -> None:
    module = SHELF[family]
    words = msgspec.to_builtins(POLISH)
    missing = [
        f"{kind}: {text}"
        for kind, text in every_text(module)
        if text not in words[kind]
    ]
    assert missing == [], "add them to catalogue/words/pl.json"
    assert POLISH.modules[module.name].help.strip()


@pytest.mark.parametrize("room", ["catalogue", "domain/learning"])
def test_every_error_of_a_module_is_told_in_polish(room: str) -> None:
    known = POLISH.messages
    missing = {
        f"{path.name}: {text}"
        for path in sorted((SOURCE / room).glob("*.py"))
        for text in messages_in(path)
        if text not in known
    }
    assert missing == set(), "add them to messages in catalogue/words/pl.json"


def test_no_word_is_kept_for_what_the_shelf_no_longer_tells() -> None:
    told = {pair for family in SHELF for pair in every_text(SHELF[family])}
    kinds = ("modules", "categories", "ports", "parameters", "descriptions", "values")
    words = msgspec.to_builtins(POLISH)
    known = {(kind, text) for kind in kinds for text in words[kind]}
    assert known - told == set(), "take them out of catalogue/words/pl.json"


def test_what_a_message_puts_in_is_put_in_by_its_translation() -> None:
    for text, polish in POLISH.messages.items():
        places = {each[1] for each in PLACE.findall(text)}
        assert places == set(re.findall(r"[{\[](\d)[}\]]", polish)), text


def test_two_modules_do_not_share_a_name() -> None:
    names = [told.name for told in POLISH.modules.values()]
    assert len(set(names)) == len(names)


def test_english_needs_no_words_and_other_languages_have_none() -> None:
    assert SHELF.words("en") == {}
    with pytest.raises(Missing, match="there are: en, pl"):
        SHELF.words("../pl")
