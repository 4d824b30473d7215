"""JSONPath as `SelectToken` reads it: names, indexes, slices, `..`, `*`, filters."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import step
from bramka.expressions.values.json import JArray, JObject, JProperty, JToken
from bramka.expressions.values.json_compare import descendants
from bramka.expressions.values.json_filter import Filter, read_filter

Step = Callable[[Iterable[JToken], JToken], Iterator[JToken]]
_NAME = re.compile(r"[^\s.\[\]()?,:]+")
_QUOTED = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")\s*")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?\s*)?")
_INDEX = re.compile(r"\s*(-?\d{1,9})\s*")
LONGEST = 4096


def _values(token: JToken) -> list[JToken]:
    row = token.children()
    return [item.value if isinstance(item, JProperty) else item for item in row]


def _by_name(names: tuple[str, ...]) -> Step:
    def walk(tokens: Iterable[JToken], _: JToken) -> Iterator[JToken]:
        for token in tokens:
            step()
            for name in names:
                found = token.get(name) if isinstance(token, JObject) else None
                if found is not None:
                    yield found

    return walk


def _by_index(places: tuple[int, ...]) -> Step:
    def walk(tokens: Iterable[JToken], _: JToken) -> Iterator[JToken]:
        for token in tokens:
            step()
            row = token.items if isinstance(token, JArray) else []
            yield from (row[place] for place in places if 0 <= place < len(row))

    return walk


def _by_slice(start: int | None, stop: int | None, stride: int | None) -> Step:
    if stride == 0:
        raise Thrown("JsonException", "Step cannot be zero.")

    def walk(tokens: Iterable[JToken], _: JToken) -> Iterator[JToken]:
        for token in tokens:
            step()
            if isinstance(token, JArray):
                yield from token.items[slice(start, stop, stride)]

    return walk


def _all(tokens: Iterable[JToken], _: JToken) -> Iterator[JToken]:
    for token in tokens:
        step()
        yield from _values(token)


def _by_filter(test: Filter) -> Step:
    def walk(tokens: Iterable[JToken], root: JToken) -> Iterator[JToken]:
        for token in tokens:
            for item in _values(token):
                step()
                if test(item, root):
                    yield item

    return walk


def _deep(name: str | None) -> Step:
    def walk(tokens: Iterable[JToken], _: JToken) -> Iterator[JToken]:
        for token in tokens:
            for item in descendants(token, itself=name is None):
                if name is None:
                    if not isinstance(item, JProperty):
                        yield item
                elif isinstance(item, JProperty) and item.name == name:
                    yield item.value

    return walk


class _Reader:
    """A position in a path; gives the steps of the path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self) -> Thrown:
        shown = self.text[self.at : self.at + 1]
        if not shown:
            return Thrown("JsonException", "Unexpected end while parsing path.")
        text = f"Unexpected character while parsing path: {shown}"
        return Thrown("JsonException", text)

    def steps(self) -> list[Step]:
        made: list[Step] = []
        if self.text.startswith("$"):
            self.at = 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "[":
                self.at += 1
                made.append(self.bracket())
            elif self.text.startswith("..", self.at):
                self.at += 2
                made.append(self.deep())
            elif char == "." or self.at == 0:
                self.at += char == "."
                made.append(self.name())
            else:
                raise self.fail()
        return made

    def name(self) -> Step:
        if self.text.startswith("*", self.at):
            self.at += 1
            return _all
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self.fail()
        self.at = found.end()
        return _by_name((found[0],))

    def deep(self) -> Step:
        if self.text.startswith("[", self.at):
            return _deep(None)
        if self.text.startswith("*", self.at):
            self.at += 1
            return lambda tokens, root: _all(_deep(None)(tokens, root), root)
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self.fail()
        self.at = found.end()
        return _deep(found[0])

    def bracket(self) -> Step:
        text = self.text
        if text.startswith("?", self.at):
            test, self.at = read_filter(text, self.at + 1, _path)
            return self.closed(_by_filter(test))
        if text.startswith("*", self.at):
            self.at += 1
            return self.closed(_all)
        if _QUOTED.match(text, self.at):
            names = [found[1] or found[2] or "" for found in self.listed(_QUOTED)]
            plain = [re.sub(r"\\(.)", r"\1", name) for name in names]
            return self.closed(_by_name(tuple(plain)))
        found = _SLICE.match(text, self.at)
        if found:
            self.at = found.end()
            parts = [None if part is None else int(part) for part in found.groups()]
            return self.closed(_by_slice(*parts))
        places = [int(found[1]) for found in self.listed(_INDEX)]
        return self.closed(_by_index(tuple(places)))

    def listed(self, shape: re.Pattern[str]) -> list[re.Match[str]]:
        row: list[re.Match[str]] = []
        while True:
            found = shape.match(self.text, self.at)
            if found is None:
                raise self.fail()
            row.append(found)
            self.at = found.end()
            if not self.text.startswith(",", self.at):
                return row
            self.at += 1

    def closed(self, made: Step) -> Step:
        if not self.text.startswith("]", self.at):
            raise self.fail()
        self.at += 1
        return made


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[Step, ...]:
    if len(path) > LONGEST:
        raise Thrown("JsonException", "The path is too long.")
    return tuple(_Reader(path).steps())


def _path(path: str) -> Callable[[JToken, JToken], Iterable[JToken]]:
    """A path inside a filter: from the item, or with `$` from the root."""
    steps = _steps(path.replace("@", "$", 1))
    from_root = path.startswith("$")

    def walk(item: JToken, root: JToken) -> Iterable[JToken]:
        return _walk(steps, root if from_root else item, root)

    return walk


def _walk(steps: Iterable[Step], start: JToken, root: JToken) -> Iterable[JToken]:
    found: Iterable[JToken] = [start]
    for one in steps:
        found = one(found, root)
    return found


def select_all(token: JToken, path: str, strict: bool = False) -> list[JToken]:
    """`SelectTokens`."""
    require(path=path)
    if token is None:
        raise TypeError("NoneType")
    found = list(_walk(_steps(path), token, token))
    if not found and strict:
        raise Thrown("JsonException", f"Path '{path[:80]}' returned no token.")
    return found


def select(token: JToken, path: str, strict: bool = False) -> Any:
    """`SelectToken`: the one match, or null."""
    found = select_all(token, path, strict)
    if len(found) > 1:
        raise Thrown("JsonException", "Path returned multiple tokens.")
    return found[0] if found else None
