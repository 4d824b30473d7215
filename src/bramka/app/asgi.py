"""Serves an ASGI application on a port, and tells the supervisor that it does."""

import gc
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from bramka.app.ready import tell


class Server(uvicorn.Server):
    """A server without a log of calls; query strings may hold signatures."""

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        *,
        grace_seconds: int,
        behind_proxy: bool = False,
        ending: Callable[[], None] | None = None,
    ) -> None:
        """Calls under way have `grace_seconds` when it is told to end.

        `behind_proxy`: a proxy on this machine is believed about the caller's address.
        `ending` is called first, for answers that would wait for longer.
        """
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=behind_proxy,
            timeout_graceful_shutdown=grace_seconds,
        )
        super().__init__(config)
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # Libraries stay: walking them held a call up for 0.1 s.
        gc.collect()
        gc.freeze()
        await super().startup(sockets)
        if self.started:
            tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._ending is not None:
            self._ending()
        await super().shutdown(sockets)
