"""The texts of the help pages: files in `help/` with `{{fields}}` to fill in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "help"
_FIELD = re.compile(r"\{\{(\w+)\}\}")


@cache
def text_of_file(name: str) -> str:
    """A file of the folder as it is."""
    return (FOLDER / name).read_text("utf-8")


def filled(name: str, fields: Mapping[str, str]) -> str:
    """A file with its fields filled in; what is filled in is not looked at again."""
    return _FIELD.sub(lambda field: fields[field[1]], text_of_file(name))
