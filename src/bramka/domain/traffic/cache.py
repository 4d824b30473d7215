"""Caches as policies use them: bytes by key, for some time, never for sure."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

MOST_IN_ONE = 2 * 1024 * 1024
"""Bytes of one value; longer ones are not kept."""


class CachingType(StrEnum):
    """Which cache a policy means."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    PREFER_EXTERNAL = "prefer-external"


class CachePlace(Struct, frozen=True):
    """Where an answer may be kept, and what callers may do with it."""

    key: str
    kind: CachingType
    downstream: str = "none"
    """Who else may keep it: none, private (the caller) or public (anyone)."""
    must_revalidate: bool = True
    by: frozenset[bytes] = frozenset()
    """Request fields, in small letters, that tell answers apart."""

    def cache_control(self, seconds: int) -> bytes:
        """What Cache-Control tells callers for so many seconds more."""
        if self.downstream == "none":
            return b"no-cache, no-store, must-revalidate, max-age=0"
        revalidate = ", must-revalidate" if self.must_revalidate else ""
        return f"{self.downstream}{revalidate}, max-age={seconds}".encode()


class Cache(Protocol):
    """A cache in this process: it answers at once."""

    def get(self, key: str) -> bytes | None:
        """What is kept for `key`, if it still is."""

    def put(self, key: str, content: bytes, seconds: float) -> None:
        """Keep `content`; it may go at any time, and does after `seconds`."""

    def remove(self, key: str) -> None:
        """Keep nothing for `key` any more."""


class RemoteCache(Protocol):
    """A cache that other gateways share; Unavailable when it cannot be asked."""

    async def get(self, key: str) -> bytes | None:
        """What is kept for `key`, if it still is."""

    async def put(self, key: str, content: bytes, seconds: float) -> None:
        """Keep `content`; it may go at any time, and does after `seconds`."""

    async def remove(self, key: str) -> None:
        """Keep nothing for `key` any more."""


class Caches:
    """The caches of a gateway, and how values are written for them."""

    def __init__(
        self,
        internal: Cache,
        external: RemoteCache | None,
        freeze: Callable[[object], bytes],
        thaw: Callable[[bytes], object],
        dial: Callable[[str], RemoteCache] | None = None,
    ) -> None:
        """`dial` gives the cache at a connection string; Invalid when it cannot."""
        self._dial = dial
        self._dialled: dict[str, RemoteCache] = {}
        self.internal = internal
        self.external = external
        self.freeze = freeze
        self.thaw = thaw

    def with_external(self, connection_string: str) -> "Caches":
        """The same with another external cache, where this gateway can dial one."""
        if self._dial is None:
            return self
        external = self._dialled.get(connection_string)
        if external is None:
            external = self._dialled[connection_string] = self._dial(connection_string)
        return Caches(self.internal, external, self.freeze, self.thaw)

    def __repr__(self) -> str:
        return f"<Caches: {self.internal!r}, {self.external!r}>"
