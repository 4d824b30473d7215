"""The cache in Redis or Valkey, shared by gateways; needs the extra `redis`.

While it cannot be reached, calls do without it: nothing is found, nothing kept.
"""

from hashlib import sha256

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bramka.domain.errors import Unavailable
from bramka.domain.traffic.cache import MOST_IN_ONE

PATIENCE = 1.0
"""Seconds; a cache that takes longer is slower than what it saves."""


class RedisCache:
    """Bytes by key, in a server that others share."""

    def __init__(self, url: str, prefix: str = "bramka:cache:") -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 1),
        )
        self._prefix = prefix

    async def get(self, key: str) -> bytes | None:
        """What is kept for `key`, if it still is."""
        try:
            found = await self._redis.get(self._name(key))
        except (RedisError, OSError) as error:
            raise _away(error) from error
        return found.encode() if isinstance(found, str) else found

    async def put(self, key: str, content: bytes, seconds: float) -> None:
        """Keep `content` for `seconds`."""
        if len(content) > MOST_IN_ONE:
            return
        milliseconds = max(1, int(seconds * 1000))
        try:
            await self._redis.set(self._name(key), content, px=milliseconds)
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def remove(self, key: str) -> None:
        """Keep nothing for `key` any more."""
        try:
            await self._redis.delete(self._name(key))
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def close(self) -> None:
        await self._redis.aclose()

    def _name(self, key: str) -> str:
        # Keys may be long, and may be secrets such as tokens.
        return self._prefix + sha256(key.encode()).hexdigest()

    def __repr__(self) -> str:
        return "<RedisCache>"


def _away(error: Exception) -> Unavailable:
    return Unavailable(f"the external cache cannot be asked: {type(error).__name__}")
