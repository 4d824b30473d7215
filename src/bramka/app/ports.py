"""Which ports the processes listen on, and a clear word when one is taken."""

import socket
from contextlib import ExitStack

from bramka.app.settings import Settings
from bramka.domain.errors import Conflict

LISTENERS = ("gateway", "console", "services", "blobs")


def choose_ports(settings: Settings) -> dict[str, int]:
    """The ports to use, free ones for 0; Conflict names all that are taken."""
    listeners = (*LISTENERS, "gateway_tls") if settings.tls else LISTENERS
    chosen: dict[str, int] = {}
    taken: list[str] = []
    # All are held until the last is chosen, so that no two roles get the same one.
    with ExitStack() as held:
        for role in listeners:
            port = getattr(settings, f"{role}_port")
            trial = held.enter_context(_socket_for(settings.host))
            try:
                trial.bind((settings.host, port))
                trial.listen(1)
            except OSError as error:
                taken.append(f"{port} ({role}: {error.strerror})")
            else:
                chosen[f"{role}_port"] = trial.getsockname()[1]
    if taken:
        flags = ", ".join(f"--{role.replace('_', '-')}-port" for role in listeners)
        raise Conflict(
            f"cannot listen on {settings.host} port {', '.join(taken)}; stop what "
            f"listens there, or choose other ports with {flags} (0: any free one)"
        )
    return chosen


def _socket_for(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    trial = socket.socket(family, socket.SOCK_STREAM)
    # As the roles do: a port whose last connections are closing is free.
    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return trial
