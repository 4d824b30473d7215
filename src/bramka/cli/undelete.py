"""Bring back an instance that was deleted over the management REST."""

import click

from bramka.app.calling.entity import with_rest
from bramka.app.calling.rest import Rest


@click.command()
@with_rest
def command(rest: Rest) -> None:
    """Serve a deleted instance again, as it was; takes an owner's token with --url."""
    click.echo(f"{rest.undelete()} is back")
