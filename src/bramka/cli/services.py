"""Run the published services alone, without gateway and console."""

import click

from bramka.app.flags import with_settings
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.presence import present
from bramka.app.services import run
from bramka.app.settings import Settings


@click.command()
@with_settings(
    *("host", "services_port", "services_url", "database"),
    *("storage", "blobs_url", "outside_blobs", "failing_rows"),
    "development_containers",
)
def command(settings: Settings) -> None:
    """Answer calls of what is published in this database and data folder."""
    with keys_in_use(settings.data), present(settings, "services"):
        run(settings)
