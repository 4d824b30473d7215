"""Show what was counted under a key of a quota, and set it back."""

import click
from rich.console import Console

from bramka.app.calling.entity import OUTPUT, as_json, as_table, with_rest
from bramka.app.calling.rest import Rest

COLUMNS = (
    "periodKey",
    "periodStartTime",
    "periodEndTime",
    "callsCount",
    "kbTransferred",
)


@click.group()
def command() -> None:
    """Show what was counted under a key of a quota, and set it back.

    The key is what `counter-key` of a quota-by-key comes to, or the id of a
    subscription that a quota counts.
    """


@command.command("list")
@with_rest
@click.argument("key")
@OUTPUT
def list_all(rest: Rest, key: str, output: str) -> None:
    """Print the counters of a key in their current periods."""
    rows = rest.call("GET", ("quotas", key))["value"]
    if output == "json":
        click.echo(as_json(rows))
        return
    told = [{"name": key, "properties": row | row["value"]} for row in rows]
    Console().print(as_table(told, COLUMNS))


@command.command()
@with_rest
@click.argument("key")
@click.option("--calls", type=click.IntRange(0), default=0, help="Calls to begin with.")
@click.option("--kilobytes", type=click.FloatRange(0), default=0.0, help="The same.")
@OUTPUT
def reset(rest: Rest, key: str, calls: int, kilobytes: float, output: str) -> None:
    """Set the counters of a key; gateways go on from there within a second."""
    amounts = {"callsCount": calls, "kbTransferred": kilobytes}
    told = rest.call("PATCH", ("quotas", key), amounts)
    if output == "json":
        click.echo(as_json(told["value"]))
    else:
        click.echo(f"{key} is at {calls} calls and {kilobytes:g} kB")
