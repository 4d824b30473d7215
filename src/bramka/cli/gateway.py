"""Run a gateway alone, beside the console or on another machine."""

import click

from bramka.app.flags import with_settings
from bramka.app.gateway.several import run
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.settings import Settings


@click.command()
@with_settings(
    "host",
    "gateway_port",
    "gateway_tls_port",
    "gateway_hosts",
    "gateway_processes",
    "console_url",
    "gateway_token",
)
def command(settings: Settings) -> None:
    """Serve calls with the configuration that the console gives.

    On another machine than the console, set BRAMKA_GATEWAY_TOKEN to the content of
    DATA/secrets/gateway-token there; here the file is read.
    """
    with keys_in_use(settings.data):
        run(settings)
