"""Every family of the member table, in one list."""

from bramka.expressions.compiler.table import Family
from bramka.expressions.members import (
    collections,
    context,
    json,
    json_convert,
    linq,
    numbers,
    plain,
    text,
)

FAMILIES: list[tuple[str, Family]] = [
    family
    for file in (
        *(plain, text, numbers, context, collections, linq, json, json_convert),
    )
    for family in file.FAMILIES.items()
]
