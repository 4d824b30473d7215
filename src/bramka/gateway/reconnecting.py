"""Backends that are to be reached over new connections from some moment on."""

from collections.abc import Mapping

from bramka.domain.traffic.backend import Backend
from bramka.gateway.target import Target


class Reconnects:
    """Which moments are still to come; each counts once."""

    def __init__(self) -> None:
        self._awaited: dict[str, tuple[float, str]] = {}
        self._done: dict[str, float] = {}

    def plan(self, backends: Mapping[str, Backend]) -> None:
        """Wait for what these ask for and was not done yet."""
        asked = {
            one.id: (one.reconnect_at, origin_of(Target.of(one.url).pool_key))
            for one in backends.values()
            if one.reconnect_at is not None and one.url
        }
        self._done = {name: at for name, at in self._done.items() if name in asked}
        self._awaited = {
            name: (moment, origin)
            for name, (moment, origin) in asked.items()
            if self._done.get(name) != moment
        }

    def due(self, now: float) -> set[str]:
        """The origins whose moment came, in seconds since 1970."""
        if not self._awaited:
            return set()
        ready = {name: one for name, one in self._awaited.items() if one[0] <= now}
        for name, (moment, _) in ready.items():
            del self._awaited[name]
            self._done[name] = moment
        return {origin for _, origin in ready.values()}

    def __repr__(self) -> str:
        return f"<Reconnects: {len(self._awaited)} awaited>"


def origin_of(pool_key: str) -> str:
    """Scheme, host and port, in whichever way they are dialled."""
    return pool_key.partition(" ")[0]
