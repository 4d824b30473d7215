"""Literals and interpolated strings."""

import ast
import re
from decimal import Decimal
from typing import Any

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import boxed, named_tree
from bramka.expressions.compiler.types import (
    BITS,
    BOOL,
    CHAR,
    DECIMAL,
    DOUBLE,
    FLOAT,
    NULL,
    STRING,
    Type,
)
from bramka.expressions.compiler.unit import Typed, Unit, Visit
from bramka.expressions.values.plain import char_of, single_of
from bramka.expressions.values.text import interpolated, text_of

_ESCAPE = re.compile(
    r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{1,4})|(.))", re.DOTALL
)
_SIMPLE = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "'": "'",
    '"': '"',
    "\\": "\\",
}
_INTEGER = re.compile(r"(0[xX][0-9A-Fa-f_]+|0[bB][01_]+|[0-9_]+)([uUlL]*)")
_SUFFIXES = {"": "int uint long ulong", "u": "uint ulong", "l": "long ulong"}


def unescaped(unit: Unit, node: Node, raw: str) -> str:
    """`raw` with the escapes of an ordinary string literal resolved."""

    def resolve(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        if code:
            number = int(code, 16)
            if number > 0x10FFFF:
                unit.refuse(node, f"{found[0]} is not a character")
            return chr(number)
        if found[4] not in _SIMPLE:
            unit.refuse(node, f"\\{found[4]} is not an escape; write \\\\{found[4]}")
        return _SIMPLE[found[4]]

    made = _ESCAPE.sub(resolve, raw)
    # Two escaped surrogates are one character of Python.
    return made.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def literal(unit: Unit, node: Node, *, negative: bool = False) -> Typed:
    """An integer literal: the first of int, uint, long, ulong that holds it."""
    found = _INTEGER.fullmatch(unit.text(node))
    if found is None:
        unit.refuse(node, f"{unit.text(node)[:40]} is not a number")
    digits = found[1].replace("_", "")
    if len(digits) > 70:
        unit.refuse(node, "the number is too large")
    base = {"x": 16, "b": 2}.get(digits[1:2].lower(), 10)
    number = int(digits if base == 10 else digits[2:], base)
    suffix = found[2].lower()
    suffix = "".join(sorted(set(suffix)))
    number = -number if negative else number
    for name in _SUFFIXES.get(suffix, "ulong").split():
        bits, signed = BITS[name]
        low = -(1 << (bits - 1)) if signed else 0
        if low <= number < low + (1 << bits):
            return Typed(emit.value(number), Type(name), number)
    return unit.refuse(node, f"{number} is too large for a number of C#")


def integer_literal(unit: Unit, node: Node) -> Typed:
    return literal(unit, node)


def real_literal(unit: Unit, node: Node) -> Typed:
    text = unit.text(node).replace("_", "").lower()
    number, suffix = (text[:-1], text[-1]) if text[-1] in "fdm" else (text, "")
    if len(number) > 400:
        unit.refuse(node, "the number is too long")
    if suffix == "m":
        return Typed(unit.link(Decimal(number)), DECIMAL)
    if suffix == "f":
        return Typed(unit.link(single_of(float(number))), FLOAT)
    return Typed(emit.value(float(number)), DOUBLE, float(number))


def string_of(unit: Unit, node: Node) -> str:
    """The text that a string literal stands for."""
    raw = unit.text(node)
    if raw.startswith("@"):
        return raw[2:-1].replace('""', '"')
    if raw.startswith('"""'):
        unit.refuse(node, 'raw strings """ are newer than policy expressions')
    return unescaped(unit, node, raw[1:-1])


def string_literal(unit: Unit, node: Node) -> Typed:
    text = string_of(unit, node)
    return Typed(emit.value(text), STRING, text)


def character_literal(unit: Unit, node: Node) -> Typed:
    text = unescaped(unit, node, unit.text(node)[1:-1])
    if len(text) != 1 or ord(text) > 0xFFFF:
        unit.refuse(node, "a character literal holds one character")
    char = char_of(ord(text))
    return Typed(unit.link(char), CHAR, char)


def boolean_literal(unit: Unit, node: Node) -> Typed:
    truth = unit.text(node) == "true"
    return Typed(emit.value(truth), BOOL, truth)


def null_literal(unit: Unit, node: Node) -> Typed:
    return Typed(emit.value(None), NULL)


# --- $"…" -----------------------------------------------------------------------


def interpolated_string(unit: Unit, node: Node) -> Typed:
    """`$"a{x,5:F2}"`: its parts, one call joins them."""
    verbatim = "@" in unit.text(node)[:2]
    start = node.children[0].end_byte
    if unit.source.bytes[start : start + 1] == b'"':
        start += 1
    holes = [item for item in node.named_children if item.type == "interpolation"]
    parts: list[ast.expr] = []
    for hole in holes:
        parts += _words(unit, node, start, hole.start_byte, verbatim=verbatim)
        parts.append(_hole(unit, hole))
        start = hole.end_byte
    parts += _words(unit, node, start, node.end_byte - 1, verbatim=verbatim)
    if not holes:
        whole = parts[0] if parts else emit.value("")
        assert isinstance(whole, ast.Constant), "words are constants"
        return Typed(whole, STRING, whole.value)
    unit.meter()
    return Typed(unit.call(interpolated, *parts), STRING)


def _words(
    unit: Unit, node: Node, start: int, end: int, *, verbatim: bool
) -> list[ast.expr]:
    raw = unit.source.between(start, end)
    if not raw:
        return []
    text = raw.replace('""', '"') if verbatim else unescaped(unit, node, raw)
    return [emit.value(text.replace("{{", "{").replace("}}", "}"))]


def _hole(unit: Unit, hole: Node) -> ast.expr:
    width: Any = 0
    pattern: str | None = None
    inner: Node | None = None
    for child in hole.named_children:
        if child.type == "interpolation_alignment_clause":
            width = unit.expression(child.named_children[-1]).constant
            if type(width) is not int:
                unit.refuse(child, "the width must be a whole number")
        elif child.type == "interpolation_format_clause":
            pattern = unit.text(child)[1:]
        elif child.type not in ("interpolation_brace", "comment"):
            inner = child
    if inner is None:
        unit.refuse(hole, "an interpolation needs a value between { and }")
    typed = unit.expression(inner)
    tree = boxed(unit, typed.tree, typed.type) if pattern else named_tree(unit, typed)
    if width or pattern:
        unit.facts.is_metered = True
        text = unit.call(text_of, tree, emit.value(pattern))
        return ast.Tuple([text, emit.value(width)], ast.Load()) if width else text
    return tree if typed.type == STRING else unit.call(text_of, tree)


VISITS: dict[str, Visit] = {
    "integer_literal": integer_literal,
    "real_literal": real_literal,
    "string_literal": string_literal,
    "verbatim_string_literal": string_literal,
    "character_literal": character_literal,
    "boolean_literal": boolean_literal,
    "null_literal": null_literal,
    "interpolated_string_expression": interpolated_string,
}
