"""List and restore versions of a service."""

from functools import partial

import click

from bramka.app.database import open_store
from bramka.app.flags import with_settings
from bramka.app.publishing.from_files import endpoint_named
from bramka.app.settings import Settings
from bramka.app.shared import open_packages
from bramka.store.endpoint import restore_version
from bramka.store.endpoint_version import list_versions
from bramka.store.service_api import follow_definition
from bramka.studio.package_folder import contents_in


@click.command()
@with_settings("database")
@click.argument("service", metavar="SERVICE")
@click.option("--workspace", default="", help="Its name or id, if there are several.")
@click.option(
    "--endpoint", default="default", show_default=True, help="Which of the service."
)
@click.option("--restore", type=int, help="Number of the version to serve again.")
def command(
    settings: Settings, service: str, workspace: str, endpoint: str, restore: int | None
) -> None:
    """List versions of SERVICE, a name or an id, or serve an old one again."""
    store = open_store(settings)
    try:
        with store.writing() as transaction:
            found = endpoint_named(transaction, workspace, service, endpoint)
            if restore is not None:
                found = restore_version(transaction, found.id, restore)
                folder = partial(open_packages(settings).folder_of, found.package)
                follow_definition(
                    transaction, found, lambda: contents_in(folder()).definition
                )
            for each in list_versions(transaction, found):
                serves = "serves" if each.replaced is None else ""
                click.echo(f"{each.number:4}  {each.package[:12]}  {serves}".rstrip())
    finally:
        store.engine.dispose()
