"""Every family of the member table, in one list."""

from bramka.expressions.compiler.table import Family
from bramka.expressions.members import (
    builder,
    certificates,
    characters,
    ciphers,
    collections,
    context,
    convert,
    crypto,
    dates,
    encodings,
    json,
    json_convert,
    keys,
    linq,
    numbers,
    plain,
    regex,
    text,
    text_places,
    time,
    web,
    xml,
    xml_places,
)

_FILES = (
    *(
        plain,
        characters,
        text,
        text_places,
        numbers,
        context,
        collections,
        linq,
        json,
        json_convert,
        xml,
    ),
    xml_places,
    *(
        dates,
        time,
        convert,
        encodings,
        regex,
        crypto,
        ciphers,
        keys,
        certificates,
        web,
        builder,
    ),
)
FAMILIES: list[tuple[str, Family]] = [
    family for file in _FILES for family in file.FAMILIES.items()
]
