"""Write everything to a folder, a .tar file or object storage."""

from pathlib import Path

import click

from bramka.app.flags import with_settings
from bramka.app.keeping.backup import back_up, opened
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.keeping.passphrase import PASSPHRASE, read_passphrase
from bramka.app.settings import Settings
from bramka.domain.errors import Missing


@click.command()
@with_settings("database", "usage_database")
@click.argument("place")
@PASSPHRASE
def command(settings: Settings, place: str, passphrase_file: Path | None) -> None:
    """Write every table, packages and datasets to PLACE, while all runs on.

    PLACE is a folder, a file that ends with .tar, or an address such as
    s3://bucket/folder. The keys that open stored secrets are written only under a
    passphrase, from --passphrase-file or the variable BRAMKA_PASSPHRASE.
    """
    if not settings.data.is_dir():
        raise Missing(f"There is no data folder {settings.data}; name it with --data.")
    passphrase = read_passphrase(passphrase_file)
    with keys_in_use(settings.data), opened(place, writes=True) as files:
        manifest = back_up(settings, files, passphrase)
    rows = sum(manifest.rows.values())
    click.echo(f"{rows} rows and {manifest.files} files are in {place}")
    if not manifest.secrets:
        click.echo(
            "Left out: the keys that open stored secrets. Without DATA/secrets of this "
            "installation its subscription keys and secret values cannot be restored; "
            "give a passphrase to take them along."
        )
