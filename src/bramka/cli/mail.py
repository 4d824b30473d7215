"""List mails and send again what was given up."""

import click
from rich.console import Console

from bramka.app.calling.entity import OUTPUT, as_json, as_table, with_rest
from bramka.app.calling.rest import Rest
from bramka.app.database import opened_store
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.store import mail_queue

COLUMNS = ("template", "recipient", "state", "attempts", "created", "problem")


@click.group()
def command() -> None:
    """List mails and send again what was given up.

    Without a mail server in the settings, mails are files in the folder `mail` of the
    data folder, named after their number.
    """


@command.command("list")
@with_rest
@OUTPUT
def list_all(rest: Rest, output: str) -> None:
    """Print the newest mails; never what they say."""
    rows = rest.call("GET", "/mail")["value"]
    if output == "json":
        click.echo(as_json(rows))
    else:
        Console().print(as_table(rows, COLUMNS))


@command.command()
@with_settings("database")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
def again(settings: Settings, number: int) -> None:
    """Try a mail again that was given up."""
    with opened_store(settings) as store, store.writing() as transaction:
        mail_queue.send_again(transaction, number)
    click.echo(f"mail {number} is tried again")
