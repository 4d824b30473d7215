"""The connections to one backend: kept while they may be of use, closed in time."""

from collections.abc import Awaitable, Callable

from bramka.gateway.forwarder import Upstream
from bramka.gateway.target import Target

MOST_IDLE = 1024
IDLE_SECONDS = 30.0

Dial = Callable[[Target, Callable[[], Upstream]], Awaitable[Upstream]]
"""Opens a connection to a target; OSError and Forbidden tell why it cannot."""


class Pool:
    """The connections to one target."""

    def __init__(self, target: Target, dial: Dial) -> None:
        self.target = target
        self.idle: list[Upstream] = []
        self.now = 0.0
        self.used = 0.0
        """When connections were needed last, to the second."""
        self._dial = dial
        self._most_idle = MOST_IDLE

    def take(self) -> Upstream | None:
        """An idle connection, the one used last."""
        while self.idle:
            upstream = self.idle.pop()
            if not upstream.transport.is_closing():
                return upstream
        return None

    async def connect(self) -> Upstream:
        """A new connection."""
        self.used = self.now
        return await self._dial(self.target, lambda: Upstream(self))

    def release(self, upstream: Upstream) -> None:
        """Keep a connection for the next request."""
        if len(self.idle) >= self._most_idle:
            upstream.transport.close()
            return
        upstream.reused = True
        upstream.idle_since = self.now
        self.idle.append(upstream)

    def forget(self, upstream: Upstream) -> None:
        if upstream in self.idle:
            self.idle.remove(upstream)

    def tick(self, now: float) -> None:
        """Close what was idle for long; the backend will soon do it otherwise."""
        self.now = now
        if self.idle:
            self.used = now
        old = [one for one in self.idle if now - one.idle_since > IDLE_SECONDS]
        for upstream in old:
            self.idle.remove(upstream)
            upstream.transport.close()

    def retire(self) -> None:
        """Keep no connection any more, nor those that calls still use."""
        self._most_idle = 0
        self.close()

    def close(self) -> None:
        for upstream in tuple(self.idle):
            upstream.transport.close()
        self.idle.clear()

    def __repr__(self) -> str:
        return f"<Pool {self.target.host}:{self.target.port}: {len(self.idle)} idle>"
