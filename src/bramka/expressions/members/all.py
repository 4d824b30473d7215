"""Every family of the member table, in one list."""

from bramka.expressions.compiler.table import Family
from bramka.expressions.members import (
    builder,
    ciphers,
    collections,
    context,
    convert,
    crypto,
    dates,
    json,
    json_convert,
    keys,
    linq,
    numbers,
    plain,
    regex,
    text,
    time,
    web,
    xml,
)

_FILES = (
    *(plain, text, numbers, context, collections, linq, json, json_convert, xml),
    *(dates, time, convert, regex, crypto, ciphers, keys, web, builder),
)
FAMILIES: list[tuple[str, Family]] = [
    family for file in _FILES for family in file.FAMILIES.items()
]
