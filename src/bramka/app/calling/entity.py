"""Commands for one kind of entity: list, show, create and delete over the REST."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from bramka.app.calling.calls import Properties
from bramka.app.calling.rest import Rest
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.domain.errors import Invalid, Missing

OUTPUT = click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="A table for people, JSON for scripts.",
)
URL = click.option("--url", default="", help="Ask the console there, not the folder.")
TOKEN = click.option(
    "--token", envvar="BRAMKA_TOKEN", default="", help="Management token for --url."
)


def with_rest(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what reaches the REST; it gets the argument `rest`."""

    def call(settings: Settings, url: str, token: str, **options: Any) -> Any:
        return function(rest=Rest(settings, url, token), **options)

    call.__doc__ = function.__doc__
    call.__name__ = function.__name__
    flagged = with_settings("database", "usage_database")(call)
    options = getattr(function, "__click_params__", [])
    flagged.__click_params__ = [  # type: ignore[attr-defined]  # click's own place
        *options,
        *getattr(flagged, "__click_params__", []),
    ]
    return URL(TOKEN(flagged))


def entity_group(segment: str, one: str, columns: tuple[str, ...]) -> click.Group:
    """The four commands for the entities under `segment`; `one` is what one is."""
    group = click.Group(help=f"List, show, create and delete {one}s.")

    @group.command("list", help=f"Print all {one}s.")
    @with_rest
    @click.option("--filter", "wanted", default="", help="As $filter of the REST.")
    @OUTPUT
    def list_all(rest: Rest, wanted: str, output: str) -> None:
        query = {"$top": "1000"} | ({"$filter": wanted} if wanted else {})
        rows = rest.call("GET", f"/{segment}", query=query)["value"]
        if output == "json":
            click.echo(as_json(rows))
        else:
            Console().print(as_table(rows, columns))

    @group.command("show", help=f"Print one {one}.")
    @with_rest
    @click.argument("name")
    @OUTPUT
    def show(rest: Rest, name: str, output: str) -> None:
        with _told_where_to_look(segment, one):
            found = rest.call("GET", (segment, name))
        click.echo(as_json(found) if output == "json" else _lines(found))

    @group.command("create", help=f"Make or replace one {one}; see --set.")
    @with_rest
    @click.argument("name")
    @click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help=_SET)
    @click.option("--file", type=click.Path(path_type=Path), help=_FILE)
    @OUTPUT
    def create(
        rest: Rest, name: str, pairs: tuple[str, ...], file: Path | None, output: str
    ) -> None:
        made = rest.call("PUT", (segment, name), _properties(pairs, file))
        say(made, f"{one} {name} is saved", output)

    @group.command("delete", help=f"Delete one {one}.")
    @with_rest
    @click.argument("name")
    @OUTPUT
    def delete(rest: Rest, name: str, output: str) -> None:
        with _told_where_to_look(segment, one):
            rest.call("DELETE", (segment, name))
        say({"name": name, "deleted": True}, f"{one} {name} is gone", output)

    return group


@contextmanager
def _told_where_to_look(segment: str, one: str) -> Iterator[None]:
    """What is not there is refused with the command that lists what is."""
    try:
        yield
    except Missing as error:
        if f"/{segment}/" not in error.message:
            raise
        command = one.lower().replace(" ", "-")
        raise Missing(
            f"{error.message} `bramka {command} list` tells what there is."
        ) from error


_SET = "A property; the value is JSON where it is one, else a text."
_FILE = "A JSON file with properties."


def _properties(pairs: tuple[str, ...], file: Path | None) -> Properties:
    found: Properties = {}
    if file is not None:
        try:
            found |= msgspec.json.decode(file.read_bytes(), type=Properties)
        except (OSError, msgspec.MsgspecError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise Invalid(f"{file} cannot be read: {why}") from error
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark or not name:
            raise Invalid(f"--set is '{pair}'; write NAME=VALUE.")
        found[name] = _value(text)
    return found


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return text


def say(told: object, text: str, output: str) -> None:
    """What was done: the thing itself for scripts, a line for people."""
    click.echo(as_json(told) if output == "json" else text)


def as_json(value: object) -> str:
    """JSON for scripts, indented."""
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def as_table(rows: list[Properties], columns: tuple[str, ...]) -> Table:
    """A table for people: names, and these properties."""
    table = Table("name", *columns, box=None)
    for row in rows:
        told = row["properties"]
        table.add_row(row["name"], *(_cell(told.get(column)) for column in columns))
    return table


def _lines(found: Properties) -> str:
    told = {"name": found["name"], **found["properties"]}
    width = max(len(name) for name in told)
    return "\n".join(f"{name:{width}}  {_cell(told[name])}" for name in told)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
