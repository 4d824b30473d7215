"""The store of limits: a Redis or Valkey server, or a cluster of them.

Needs the extra `redis`. A cluster is named with redis+cluster:// or rediss+cluster://.
"""

import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from bramka.gateway.limit_script import TIMEOUT, StoreAway

CLUSTER = "+cluster://"


class LimitStore:
    """Runs scripts in the store."""

    def __init__(self, url: str) -> None:
        self._client: Redis | RedisCluster
        # A batch is never sent twice: it may have been decided though no answer came.
        once = Retry(NoBackoff(), 0)
        if CLUSTER in url:
            self._client = RedisCluster.from_url(
                url.replace(CLUSTER, "://"),
                socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT,
                retry=once,
            )
        else:
            self._client = Redis.from_url(
                url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=once
            )
        parts = urlsplit(url)
        # Without what stands before it, which may be a password.
        self._where = parts.netloc.rpartition("@")[2] or parts.path
        self._names: dict[str, str] = {}

    async def __call__(
        self, script: str, keys: Sequence[str], argument: bytes
    ) -> object:
        """Run a script in the store; StoreAway when it does not answer."""
        name = self._names.get(script)
        if name is None:
            name = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
            self._names[script] = name
        try:
            try:
                return await self._client.evalsha(name, len(keys), *keys, argument)
            except NoScriptError:
                # The store is new or was emptied; this teaches it the script as well.
                return await self._client.eval(script, len(keys), *keys, argument)
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreAway(f"{self._where}: {type(error).__name__}") from error

    async def close(self) -> None:
        await self._client.aclose()

    def __repr__(self) -> str:
        # The address may hold a password.
        return f"<LimitStore: {type(self._client).__name__}>"
