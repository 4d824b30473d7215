"""Serve blobs as Azure Blob Storage does, from the data folder."""

import click

from bramka.app.blobs import run
from bramka.app.flags import with_settings
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.settings import Settings


@click.command()
@with_settings("host", "blobs_port", "blobs_gigabytes")
def command(settings: Settings) -> None:
    """Serve blobs as Azure Blob Storage does, from the data folder.

    The account is `bramka`; its key is in DATA/secrets/blob-account-key.
    """
    with keys_in_use(settings.data):
        run(settings)
