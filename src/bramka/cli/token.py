"""Make a token for the management REST."""

from typing import cast

import click

from bramka.app.clock import SystemChance
from bramka.app.database import opened_store
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.store import access_token
from bramka.store.access_token import Role


@click.group()
def command() -> None:
    """Give out tokens for the management REST."""


@command.command()
@with_settings("database")
@click.option(
    "--role",
    type=click.Choice(["owner", "editor", "viewer"]),
    required=True,
    help="Viewers read; editors also write; owners also change the instance.",
)
@click.option("--name", default="", help="What the token is for.")
@click.option("--days", type=click.IntRange(1), help="Days it works; for ever if none.")
def create(settings: Settings, role: str, name: str, days: int | None) -> None:
    """Print a new token; it is shown once."""
    with opened_store(settings) as store, store.writing() as transaction:
        token = access_token.issue(
            transaction,
            SystemChance(),
            role=cast("Role", role),
            name=name,
            lifetime=None if days is None else days * 86400.0,
        )
    click.echo(token)
