"""Quota counters in the store of limits, as the console reads and sets them.

Needs the extra `redis`, as the store does.
"""

import math
from collections.abc import Sequence

from redis import Redis, RedisCluster
from redis.exceptions import RedisError

from bramka.domain.errors import Unavailable
from bramka.domain.traffic.demand import QuotaDemand
from bramka.domain.traffic.quota_counter import QuotaCount, QuotaCounter
from bramka.gateway.limit_batch import key_of
from bramka.gateway.limit_store import CLUSTER

PREFIX = "bramka"
TIMEOUT = 2.0
_SET = """
local kept = redis.call('HMGET', KEYS[1], 's', 'c', 'b')
local start, until_ = tonumber(ARGV[1]), tonumber(ARGV[2])
local s, c, b = tonumber(kept[1] or '-1e18'), kept[2], kept[3]
if s > start + 1000 then return 0 end
if s < start - 1000 then s, c, b = start, '0', '0' end
if ARGV[3] ~= '' then c = ARGV[3] end
if ARGV[4] ~= '' then b = ARGV[4] end
redis.call('HSET', KEYS[1], 's', string.format('%.0f', s), 'c', c, 'b', b)
if until_ > 0 then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
return 1
"""
"""Sets a counter, unless it is in a later period; micros and milliseconds."""
_GRACE_MILLISECONDS = 60_000


class StoredQuotas:
    """Counters of all nodes, where they are counted."""

    def __init__(self, url: str) -> None:
        self._client: Redis | RedisCluster
        if CLUSTER in url:
            url = url.replace(CLUSTER, "://")
            self._client = RedisCluster.from_url(
                url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
            )
        else:
            self._client = Redis.from_url(
                url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
            )

    def counts(self, counters: Sequence[QuotaCounter]) -> dict[str, QuotaCount]:
        """What is known of them, by id."""
        found: dict[str, QuotaCount] = {}
        try:
            for counter in counters:
                kept = self._client.hmget(_key(counter), ["s", "c", "b"])
                if isinstance(kept, list) and kept[0] is not None:
                    start, calls, size = (int(one or 0) for one in kept)
                    found[counter.id] = QuotaCount(
                        id=counter.id, start=start / 1e6, calls=calls, size=size
                    )
        except (RedisError, OSError) as error:
            raise _away(error) from error
        return found

    def set(
        self,
        counters: Sequence[QuotaCounter],
        now: float,
        calls: int | None,
        size: int | None,
    ) -> None:
        """Set them in the periods that hold `now`; None leaves an amount as it is."""
        amounts = ["" if one is None else str(one) for one in (calls, size)]
        try:
            for counter in counters:
                until = counter.until(now)
                end = 0 if until is None else math.ceil(until * 1e3)
                start = round(counter.start(now) * 1e6)
                self._client.eval(
                    _SET,
                    1,
                    _key(counter),
                    str(start),
                    str(end + _GRACE_MILLISECONDS if end else 0),
                    *amounts,
                )
        except (RedisError, OSError) as error:
            raise _away(error) from error

    def __repr__(self) -> str:
        # The address may hold a password.
        return f"<StoredQuotas: {type(self._client).__name__}>"


def _key(counter: QuotaCounter) -> str:
    demand = QuotaDemand(
        counter.place,
        counter.key,
        counter.anchor,
        counter.period,
        math.inf,
        math.inf,
        part=counter.part,
    )
    return key_of(demand, PREFIX)


def _away(error: Exception) -> Unavailable:
    return Unavailable(
        f"The store of limits does not answer ({type(error).__name__}); quota counters "
        "are there and nowhere else."
    )
