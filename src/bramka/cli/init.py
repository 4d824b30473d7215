"""Make a service instance in the data folder."""

import click

from bramka.app.clock import SystemChance
from bramka.app.database import opened_store
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.domain.traffic.instance import (
    DEFAULT_RESOURCE_GROUP,
    DEFAULT_SUBSCRIPTION,
    ServiceInstance,
)
from bramka.store import echo, instance


@click.command()
@with_settings("database", "console_url")
@click.option("--name", required=True, help="Name of the instance: letter, digits, -.")
@click.option("--organization", required=True, help="Who runs it; shown in the portal.")
@click.option("--admin-email", required=True, help="Mail address of the administrator.")
@click.option(
    "--subscription-id",
    default=DEFAULT_SUBSCRIPTION,
    help="First part of the address in the management REST.",
)
@click.option(
    "--resource-group",
    default=DEFAULT_RESOURCE_GROUP,
    help="Second part of the address in the management REST.",
)
def command(settings: Settings, **given: str) -> None:
    """Make a service instance: groups, products, an administrator and a token.

    The password and the token are shown once.
    """
    wanted = ServiceInstance(
        name=given["name"],
        publisher_name=given["organization"],
        publisher_email=given["admin_email"],
        subscription_id=given["subscription_id"],
        resource_group=given["resource_group"],
    )
    with opened_store(settings) as store, store.writing() as transaction:
        created = instance.create(transaction, SystemChance(), wanted)
        echo.create(transaction, f"{settings.console_url}/echo")
    click.echo(
        f"Instance {created.instance.name} is made; start it with `bramka up`.\n"
        "API: echo-api, which answers with what it was sent.\n"
        f"Products: starter (5 calls a minute, 100 a week), unlimited.\n"
        f"Administrator: {created.instance.publisher_email}\n"
        f"Password: {created.password}\n"
        f"Management token: {created.token}\n"
        "Keep both: they are not shown again. Who loses the password gets in with\n"
        "`bramka user link`."
    )
