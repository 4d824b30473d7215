"""An endpoint that ends whoever makes a certain call, at a certain moment of it."""

import base64
from collections.abc import Callable
from typing import Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bramka.jobs import Limits

KEY = base64.b64encode(b"k" * 64).decode()
LEASE = 1.0
LIMITS = Limits(size=5 << 20)
Moment = Literal["before", "within", "after"]


class Snare:
    """Passes calls on; the first that fits is the last of who makes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fits: Callable[[str, str], bool] | None = None
        self.moment: Moment = "before"
        self.end: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = scope.get("method", ""), scope.get("query_string", b"").decode()
        if self.fits is None or scope["type"] != "http" or not self.fits(*call):
            await self.app(scope, receive, send)
            return
        self.fits = None
        if self.moment == "before":
            self.end()
            return
        if self.moment == "after":
            await self.app(scope, receive, self._unheard)
            self.end()
            return

        async def broken() -> Message:
            self.end()
            return await receive()

        await self.app(scope, broken, send)

    async def _unheard(self, message: Message) -> None:
        """An answer that nobody lives to hear."""
