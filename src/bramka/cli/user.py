"""List, show, create and delete users; give them roles and links."""

import click

from bramka.app.calling.entity import entity_group
from bramka.app.clock import SystemChance
from bramka.app.database import opened_store
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.domain.errors import Missing
from bramka.domain.traffic.account import ROLES, Role
from bramka.domain.traffic.user import User
from bramka.store import account, account_link, user
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

command = entity_group("users", "user", ("email", "firstName", "lastName", "state"))
NOBODY = "none"
HOURS = 24


@command.command()
@with_settings("database")
@click.argument("name")
@click.argument("role", type=click.Choice([*ROLES, NOBODY]))
def role(settings: Settings, name: str, role: str) -> None:
    """Let a user, by id or email, run the site in a role, or no longer.

    Viewers read; editors also write; owners also change the instance, who vouches for
    people, and accounts of owners.
    """
    given = next((one for one in ROLES if one == role), None)
    with opened_store(settings) as store, store.writing() as transaction:
        noun = _named(transaction, name)
        account.set_role(transaction, noun.id, given)
    told = f"is {_with_article(given)}" if given else "has no role"
    click.echo(f"{noun.email} {told}")


@command.command()
@with_settings("database", "console_url")
@click.argument("name")
def link(settings: Settings, name: str) -> None:
    """Print an address that signs a user, by id or email, in: once, within a day."""
    with opened_store(settings) as store, store.writing() as transaction:
        noun = _named(transaction, name)
        token = account_link.draw(
            transaction, SystemChance(), "enter", noun.id, noun.email, HOURS * 3600.0
        )
    click.echo(account_link.address(settings.console_url, "enter", token))


def _named(transaction: Transaction, name: str) -> User:
    found = USERS.find(transaction, name) or user.by_email(transaction, name)
    if found is None:
        raise Missing(f"There is no user '{name}'; see `bramka user list`.")
    return found.noun


def _with_article(role: Role) -> str:
    return f"{'a' if role == 'viewer' else 'an'} {role}"
