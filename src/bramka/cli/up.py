"""Start everything on this machine and keep it running."""

import click

from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.app.supervisor.process import up


@click.command()
@with_settings(
    "host",
    "gateway_port",
    "gateway_tls_port",
    "gateway_processes",
    "console_port",
    "services_port",
    "blobs_port",
)
@click.option("--demo", is_flag=True, help="Load the demo: a published text service.")
def command(settings: Settings, *, demo: bool) -> None:
    """Start the gateway, the console, the services, the blob endpoint and a worker.

    Everything lives in the data folder; running this again continues with it. Once
    all answer, DATA/run.json tells scripts the addresses and the processes. Ctrl-C
    ends every process.
    """
    up(settings, click.echo, demo=demo)
