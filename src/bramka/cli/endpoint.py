"""List, show, add, change and remove endpoints of web services."""

from typing import Any

import click
import httpx2
from rich.console import Console
from rich.table import Table

from bramka.app.calling.entity import as_json
from bramka.app.clock import SystemChance
from bramka.app.database import opened_store
from bramka.app.flags import with_settings
from bramka.app.publishing.from_files import endpoint_named
from bramka.app.running import services_address
from bramka.app.settings import Settings
from bramka.domain.errors import Unavailable
from bramka.domain.learning.endpoint import Endpoint
from bramka.store.endpoint import (
    LOW_CONCURRENCY,
    Change,
    add_endpoint,
    change_endpoint,
    delete_endpoint,
)
from bramka.store.service import endpoint_keys, list_endpoints

WORKSPACE = click.option(
    "--workspace", default="", help="Its name or id, if there are several."
)
ENDPOINT = click.option(
    "--endpoint", default="default", show_default=True, help="Which of the service."
)
OUTPUT = click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Text for people, JSON for scripts.",
)
SETTINGS = (
    click.option("--description", help="What people are told."),
    click.option(
        "--max-concurrent-calls", type=int, help="Calls at once, the rest gets 503."
    ),
    click.option(
        "--throttle-level",
        type=click.Choice(["Low", "High"]),
        help=f"Low: at most {LOW_CONCURRENCY} calls at once.",
    ),
    click.option(
        "--trace-level",
        type=click.Choice(["None", "Error", "All"]),
        help="Which calls are written to the container ml-diagnostics.",
    ),
    click.option(
        "--batching",
        type=click.Choice(["Off", "On", "Auto"]),
        help="Score calls that arrive together as one table; Auto: if that gains.",
    ),
    click.option("--max-batch-rows", type=int, help="Rows of one table at most."),
    click.option(
        "--max-batch-wait",
        type=float,
        help="Milliseconds a call may wait for others while the model is free.",
    ),
)
SHOWN = (
    "id",
    "name",
    "description",
    "version",
    "max_concurrent_calls",
    "throttle_level",
    "trace_level",
    "batching",
    "max_batch_rows",
    "max_batch_wait",
)


@click.group()
def command() -> None:
    """Look after endpoints of SERVICE, a name or an id."""


def with_changes(function: Any) -> Any:
    """Give a command the settings of an endpoint as options."""
    for option in reversed(SETTINGS):
        function = option(function)
    return function


@command.command("list")
@with_settings("database")
@click.argument("service")
@WORKSPACE
@OUTPUT
def list_all(settings: Settings, service: str, workspace: str, output: str) -> None:
    """Print the endpoints of SERVICE, the default one first."""
    with opened_store(settings) as store, store.reading() as transaction:
        default = endpoint_named(transaction, workspace, service, "default")
        found = list_endpoints(transaction, default.service_id)
    if output == "json":
        click.echo(as_json([_told(each) for each in found]))
        return
    table = Table("name", "id", "version", "calls at once", "batching", box=None)
    for each in found:
        limits = (str(each.version), str(each.max_concurrent_calls), each.batching)
        table.add_row(each.name, each.id, *limits)
    Console().print(table)


@command.command()
@with_settings("database")
@click.argument("service")
@WORKSPACE
@ENDPOINT
@OUTPUT
def show(
    settings: Settings, service: str, workspace: str, endpoint: str, output: str
) -> None:
    """Print how an endpoint of SERVICE is set up."""
    with opened_store(settings) as store, store.reading() as transaction:
        found = endpoint_named(transaction, workspace, service, endpoint)
    _print(found, output)


@command.command("set")
@with_settings("database")
@click.argument("service")
@WORKSPACE
@ENDPOINT
@with_changes
@OUTPUT
def change(
    settings: Settings,
    service: str,
    workspace: str,
    endpoint: str,
    output: str,
    **said: Any,
) -> None:
    """Change an endpoint of SERVICE; what is not told stays as it is."""
    with opened_store(settings) as store, store.writing() as transaction:
        found = endpoint_named(transaction, workspace, service, endpoint)
        found = change_endpoint(transaction, found.id, Change(**said))
    _print(found, output)


@command.command()
@with_settings("database")
@click.argument("service")
@click.argument("name")
@WORKSPACE
@with_changes
@OUTPUT
def add(
    settings: Settings,
    service: str,
    name: str,
    workspace: str,
    output: str,
    **said: Any,
) -> None:
    """Add the endpoint NAME to SERVICE, with the model the default one has now."""
    with opened_store(settings) as store, store.writing() as transaction:
        default = endpoint_named(transaction, workspace, service, "default")
        change = Change(**said)
        found = add_endpoint(
            transaction, SystemChance(), default.service_id, name, change
        )
        key = endpoint_keys(transaction, found.id).primary
    _print(found, output, key=key)


@command.command()
@with_settings("database")
@click.argument("service")
@click.argument("name")
@WORKSPACE
def remove(settings: Settings, service: str, name: str, workspace: str) -> None:
    """Take the endpoint NAME of SERVICE away."""
    with opened_store(settings) as store, store.writing() as transaction:
        found = endpoint_named(transaction, workspace, service, name)
        delete_endpoint(transaction, found.id)
    click.echo(f"Endpoint {name} is gone")


@command.command()
@with_settings("database", "services_url")
@click.argument("service")
@WORKSPACE
@ENDPOINT
@click.option(
    "--window",
    type=click.Choice(["hour", "day"]),
    default="hour",
    show_default=True,
    help="How far back.",
)
def metrics(
    settings: Settings, service: str, workspace: str, endpoint: str, window: str
) -> None:
    """Print, as JSON, what the calls of an endpoint of SERVICE were like."""
    with opened_store(settings) as store, store.reading() as transaction:
        found = endpoint_named(transaction, workspace, service, endpoint)
        key = endpoint_keys(transaction, found.id).primary
    place = f"workspaces/{found.workspace_id}/services/{found.id}/metrics"
    url = f"{services_address(settings)}/{place}"
    try:
        answer = httpx2.get(
            url,
            params={"api-version": "2.0", "window": window},
            headers={"Authorization": f"Bearer {key}"},
        )
    except httpx2.HTTPError as error:
        raise Unavailable(f"The services do not answer: {error}") from error
    if not answer.is_success:
        raise Unavailable(f"The services answer {answer.status_code}: {answer.text}")
    click.echo(as_json(answer.json()))


def _told(endpoint: Endpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in SHOWN}


def _print(endpoint: Endpoint, output: str, **more: object) -> None:
    told = _told(endpoint) | more
    if output == "json":
        click.echo(as_json(told))
        return
    width = max(map(len, told))
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' '):{width}}  {value}".rstrip())
