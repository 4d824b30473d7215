"""Make everything what a backup says."""

from pathlib import Path

import click

from bramka.app.flags import with_settings
from bramka.app.keeping.backup import opened, restore
from bramka.app.keeping.key_lock import keys_exchanged
from bramka.app.keeping.passphrase import PASSPHRASE, read_passphrase
from bramka.app.presence import refuse_others
from bramka.app.settings import Settings
from bramka.app.supervisor.process import lock_folder


@click.command()
@with_settings("database", "usage_database")
@click.argument("place")
@PASSPHRASE
@click.option("--replace", is_flag=True, help="Delete the instance that is there.")
def command(
    settings: Settings, place: str, passphrase_file: Path | None, replace: bool
) -> None:
    """Read a backup that `bramka backup` made; nothing may run meanwhile.

    The database may be of the other kind, and empty ones are made.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    passphrase = read_passphrase(passphrase_file)
    with (
        lock_folder(settings.data),
        keys_exchanged(settings.data),
        opened(place, writes=False) as files,
    ):
        refuse_others(settings)
        manifest = restore(settings, files, passphrase, replace=replace)
    rows = sum(manifest.rows.values())
    click.echo(f"{rows} rows and {manifest.files} files are restored from {place}")
    if not manifest.secrets:
        click.echo(
            "The backup has no keys: stored secrets open only where DATA/secrets is "
            "that of the installation it was made of."
        )
