"""Run the console alone: management REST, sign-in, reports."""

import click

from bramka.app.console.process import run
from bramka.app.flags import with_settings
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.presence import present
from bramka.app.settings import Settings


@click.command()
@with_settings("host", "console_port", "database", "usage_database", "log_level")
def command(settings: Settings) -> None:
    """Serve the management REST and the doors that gateways use."""
    with keys_in_use(settings.data), present(settings, "console"):
        run(settings)
