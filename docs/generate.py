"""Writes `docs/reference` from the code; `make docs` runs it, a test compares."""

import textwrap
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import click
import msgspec
from msgspec import inspect

from bramka import catalogue, policies
from bramka.app.settings import DEFAULT_DATA, PREFIX, Settings
from bramka.cli.main import bramka
from bramka.domain.learning.parameter import Parameter
from bramka.domain.traffic.policy import Scope, Section

FOLDER = Path(__file__).parent / "reference"
SETTINGS_NOTE = (
    "A command has the flags of the settings it uses. The data folder itself comes "
    f"from `--data` or `{PREFIX}DATA` and is `{DEFAULT_DATA}` by default. "
    "Addresses that are not set follow from host and port."
)


def pages() -> dict[Path, str]:
    """Each page and its text."""
    written = {
        "commands": commands(),
        "modules": modules(),
        "policies": policy_elements(),
        "settings": settings(),
    }
    return {FOLDER / f"{name}.md": text for name, text in written.items()}


def commands() -> str:
    """What each command says of itself."""
    context = click.Context(
        bramka, info_name="bramka", terminal_width=80, **bramka.context_settings
    )
    parts = ["# Commands", "Each command as it explains itself with `--help`."]
    for name in bramka.list_commands(context):
        command = bramka.get_command(context, name)
        assert command is not None
        inner = click.Context(
            command, info_name=name, parent=context, terminal_width=80
        )
        parts += [f"## bramka {name}", f"```\n{command.get_help(inner)}\n```"]
        if isinstance(command, click.Group):
            for word, sub in command.commands.items():
                deeper = click.Context(
                    sub, info_name=word, parent=inner, terminal_width=80
                )
                parts.append(f"### bramka {name} {word}")
                parts.append(f"```\n{sub.get_help(deeper)}\n```")
    return page(parts)


def modules() -> str:
    """Every module of the catalogue."""
    shelf = catalogue.shelf()
    parts = [
        "# Modules",
        "What an experiment is built of; one file of `catalogue/` each.",
    ]
    for module in sorted(shelf.values(), key=lambda module: module.name):
        parts += [
            f"## {module.name}",
            f"*{module.category}*",
            prose(shelf.help_of(module), "json"),
        ]
        if module.aliases:
            parts.append(f"Also known as {', '.join(module.aliases)}.")
        rows = [
            (parameter.name, module_default(parameter), parameter.description)
            for parameter in module.parameters
        ]
        parts.append(table(("parameter", "default", "what"), rows))
    return page(parts)


def module_default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    return "by rule" if parameter.type == "ColumnPicker" else shown(parameter.default)


def shown(value: object) -> str:
    """A default as one would write it."""
    if value in (None, "", (), msgspec.NODEFAULT):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def policy_elements() -> str:
    """Every policy of the shelf."""
    parts = [
        "# Policies",
        "What a policy document may hold; one file of `policies/` each.",
    ]
    for name, policy in sorted(policies.shelf().items()):
        module = import_module(f"bramka.policies.{name.replace('-', '_')}")
        parts += [f"## {name}", prose(module.__doc__ or "", "xml")]
        sections = [s.value for s in Section if s in policy.SECTIONS]
        scopes = [s.value for s in Scope if s in policy.SCOPES]
        parts.append(f"Sections: {', '.join(sections)}. Scopes: {', '.join(scopes)}.")
        rows = attributes(policy.Settings)
        if rows:
            parts.append(table(("attribute", "default", "what"), rows))
    return page(parts)


def settings() -> str:
    """Every setting, where it may stand, and its default."""
    rows = [
        (
            f"`{name}`",
            f"`--{name.replace('_', '-')}`",
            f"`{PREFIX}{name.upper()}`",
            default,
            what,
        )
        for name, default, what in attributes(Settings)
        if name != "data"
    ]
    return page(
        [
            "# Settings",
            "From flags, then variables, then `DATA/bramka.toml`, then defaults.",
            SETTINGS_NOTE,
            table(("setting", "flag", "variable", "default", "what"), rows),
        ]
    )


def attributes(struct: type[msgspec.Struct]) -> list[tuple[str, str, str]]:
    """Name, default and description of each field."""
    told = inspect.type_info(struct)
    assert isinstance(told, inspect.StructType)
    return [(f.encode_name, default_of(f), description_of(f.type)) for f in told.fields]


def default_of(field: inspect.Field) -> str:
    return "required" if field.required else shown(field.default)


def description_of(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        text = (kind.extra_json_schema or {}).get("description", "")
        return str(text) or description_of(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next(filter(None, map(description_of, kind.types)), "")
    return ""


def prose(text: str, language: str = "") -> str:
    """A docstring with its example fenced."""
    out: list[str] = []
    for block in textwrap.dedent(text).strip().split("\n\n"):
        example = block.startswith(("    ", "<", "{"))
        fenced = f"```{language}\n{textwrap.dedent(block)}\n```"
        out.append(fenced if example else block)
    return "\n\n".join(out)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )


def page(parts: Iterable[str]) -> str:
    note = "<!-- Written by `make docs`; change the code instead. -->"
    return "\n\n".join([note, *parts]) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
