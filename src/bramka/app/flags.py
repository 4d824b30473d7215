"""Settings as flags of a command, described in one place."""

import functools
from collections.abc import Callable
from typing import Any

import click
import msgspec

from bramka.app.reading_settings import read_settings
from bramka.app.settings import DEFAULT_DATA, Settings


def with_settings(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command `--data` and the named settings as flags.

    The function gets the `Settings` read from flags, environment and file as its
    argument `settings`, besides its own options.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        fields = {name: _described(name) for name in ("data", *names)}

        @functools.wraps(function)
        def call(**options: Any) -> Any:
            flags = {name: options.pop(name) for name in fields}
            return function(settings=read_settings(flags), **options)

        for name, (text, default) in reversed(fields.items()):
            shown = f"{text} [default: {default}]" if default not in ("", 0) else text
            flag = f"--{name.replace('_', '-')}"
            call = click.option(flag, name, metavar=_metavar(name), help=shown)(call)
        return call

    return decorate


def _metavar(name: str) -> str:
    word = name.rpartition("_")[2]
    return {"data": "FOLDER", "port": "NUMBER", "processes": "NUMBER"}.get(
        word, word.upper()
    )


def _described(name: str) -> tuple[str, object]:
    """The description of a setting and its default."""
    field = next(f for f in msgspec.structs.fields(Settings) if f.name == name)
    kind = msgspec.inspect.type_info(field.type)
    assert isinstance(kind, msgspec.inspect.Metadata)
    default = DEFAULT_DATA if name == "data" else field.default
    return (kind.extra_json_schema or {})["description"], default
