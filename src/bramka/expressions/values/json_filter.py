"""Filters of JSONPath: `?(@.price < 10 && @.name == 'x')`."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import re2

from bramka.expressions.failures import Thrown
from bramka.expressions.values.json import JToken, JValue, plain_of
from bramka.expressions.values.json_compare import equal

Filter = Callable[[JToken, JToken], bool]
Walk = Callable[[JToken, JToken], Iterable[JToken]]
_TOKEN = re.compile(
    r"\s*(&&|\|\||==|=~|===|!==|!=|<>|<=|>=|<|>|!|\(|\)"
    r"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|/(?:[^/\\]|\\.)+/[a-z]*"
    r"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null"
    r"|[@$](?:\.\.?[\w\-$]+|\.\*|\['[^']*'\]|\[\"[^\"]*\"\]|\[\d+\]|\[\*\])*)"
)
DEEPEST = 30
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_CONSTANTS = {"true": True, "false": False, "null": None}


def read_filter(text: str, at: int, path: Callable[[str], Walk]) -> tuple[Filter, int]:
    """The test at `at`, and where it ends."""
    reader = _Reader(text, at, path)
    test = reader.any_of(0)
    return test, reader.at


class _Reader:
    """Tokens of a filter one by one."""

    def __init__(self, text: str, at: int, path: Callable[[str], Walk]) -> None:
        self.text = text
        self.at = at
        self.path = path

    def peek(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        return found[1] if found else ""

    def take(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            shown = self.text[self.at : self.at + 20]
            raise Thrown("JsonException", f"Could not read query operator: {shown}")
        self.at = found.end()
        return found[1]

    def any_of(self, depth: int) -> Filter:
        if depth > DEEPEST:
            raise Thrown("JsonException", "The filter is nested too deep.")
        tests = [self.all_of(depth)]
        while self.peek() == "||":
            self.take()
            tests.append(self.all_of(depth))
        return lambda item, root: any(test(item, root) for test in tests)

    def all_of(self, depth: int) -> Filter:
        tests = [self.one(depth)]
        while self.peek() == "&&":
            self.take()
            tests.append(self.one(depth))
        return lambda item, root: all(test(item, root) for test in tests)

    def one(self, depth: int) -> Filter:
        mark = self.peek()
        if mark == "!":
            self.take()
            inner = self.one(depth + 1)
            return lambda item, root: not inner(item, root)
        if mark == "(":
            self.take()
            test = self.any_of(depth + 1)
            if self.take() != ")":
                raise Thrown("JsonException", "Path ended with open query.")
            return test
        left = self.operand()
        operator = self.peek()
        if operator in ("&&", "||", ")", ""):
            return lambda item, root: any(True for _ in left(item, root))
        return _comparison(left, self.take(), self.operand())

    def operand(self) -> Walk:
        token = self.take()
        if token[0] in "@$":
            return self.path(token)
        value: Any = _CONSTANTS.get(token, token)
        if token[0] in "'\"":
            value = re.sub(r"\\(.)", r"\1", token[1:-1])
        elif token[0] in "-0123456789":
            value = float(token) if any(c in token for c in ".eE") else int(token[:20])
        constant = [JValue(value)]
        return lambda item, root: constant


def _comparison(left: Walk, operator: str, right: Walk) -> Filter:
    if operator == "=~":
        return _matching(left, right)

    def test(item: JToken, root: JToken) -> bool:
        others = list(right(item, root))
        return any(
            _holds(one, operator, other) for one in left(item, root) for other in others
        )

    return test


def _matching(left: Walk, right: Walk) -> Filter:
    def test(item: JToken, root: JToken) -> bool:
        for other in right(item, root):
            body, _, flags = str(plain_of(other))[1:].rpartition("/")
            shape = re2.compile(("(?i)" if "i" in flags else "") + body)
            return any(shape.search(str(plain_of(one))) for one in left(item, root))
        return False

    return test


def _holds(one: JToken, operator: str, other: JToken) -> bool:
    left, right = plain_of(one), plain_of(other)
    if operator in ("==", "==="):
        return _equal(one, other)
    if operator in ("!=", "!==", "<>"):
        return not _equal(one, other)
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if numbers or (isinstance(left, str) and isinstance(right, str)):
        return _COMPARE[operator](left, right)
    return False


def _equal(one: JToken, other: JToken) -> bool:
    left, right = plain_of(one), plain_of(other)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(one, JValue) and isinstance(other, JValue):
        return bool(left == right)
    return equal(one, other)
