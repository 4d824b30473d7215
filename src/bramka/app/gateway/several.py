"""Several gateway processes on one port; the kernel spreads connections over them."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

import click

from bramka.app.gateway import process as gateway
from bramka.app.settings import Settings, with_ports
from bramka.app.supervisor.process import Supervisor, gateway_roles
from bramka.domain.errors import Conflict


def run(settings: Settings) -> None:
    """Serve until told to end, with as many processes as the settings say."""
    if settings.gateway_processes == 1 or gateway.number_of_this():
        gateway.run(settings)
        return
    with ExitStack() as held:
        names = (
            ("gateway_port", "gateway_tls_port") if settings.tls else ("gateway_port",)
        )
        for name in names:
            keeper = held.enter_context(_held_port(settings, name))
            settings = with_ports(settings, {name: keeper.getsockname()[1]})
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        supervisor = Supervisor(
            settings,
            lambda text: click.echo(text, err=True),
            roles=gateway_roles(settings),
            run_file=Path("gateways.json"),
        )
        asyncio.run(
            supervisor.run(lambda: click.echo(f"serving {settings.gateway_url}"))
        )


def _held_port(settings: Settings, name: str) -> socket.socket:
    """A socket that keeps the port for our processes, and takes no calls itself."""
    port: int = getattr(settings, name)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        held.bind((settings.host, port))
    except OSError as error:
        held.close()
        raise Conflict(
            f"cannot listen on {settings.host} port {port}: {error.strerror}; stop "
            f"what listens there, or choose another with --{name.replace('_', '-')} "
            "(0: any free one)"
        ) from None
    return held
