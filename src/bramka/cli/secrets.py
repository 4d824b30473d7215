"""Exchange the keys that protect what is stored."""

import click

from bramka.app.flags import with_settings
from bramka.app.keeping.key_lock import keys_exchanged
from bramka.app.keeping.rotation import rewrap, rotate
from bramka.app.settings import Settings
from bramka.app.supervisor.process import lock_folder


@click.group()
def command() -> None:
    """Look after the keys that protect stored secrets."""


@command.command("rotate")
@with_settings("database")
@click.option(
    "--wrap-only",
    is_flag=True,
    help="Only wrap the key anew, under the master key in BRAMKA_MASTER_KEY.",
)
def rotate_keys(settings: Settings, wrap_only: bool) -> None:
    """Encrypt every stored secret under a new key, in one transaction.

    Nothing may run meanwhile. Killed at any moment, it loses nothing: run it again.
    A master key in the variable BRAMKA_MASTER_KEY, or in the file that
    BRAMKA_MASTER_KEY_FILE names, wraps the key in DATA/secrets; to change it, give
    the one before in BRAMKA_OLD_MASTER_KEY.
    """
    with lock_folder(settings.data), keys_exchanged(settings.data):
        if wrap_only:
            rewrap(settings)
            click.echo("the encryption key is wrapped anew")
            return
        count = rotate(settings)
    click.echo(f"{count} secrets are encrypted under a new key; the old one is gone")
