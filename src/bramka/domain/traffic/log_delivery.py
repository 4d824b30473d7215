"""Telling loggers: messages posted to a webhook, besides the calls they are about."""

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.diagnostic import Logger
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import Fetch, Outgoing

MOST_UNDERWAY = 1_000
log = logging.getLogger(__name__)

Pairs = list[tuple[str, str]]
Post = Callable[[Exchange, bytes, Pairs], None]
"""Sends a message of a call with further fields; never fails, never waits."""


class Outlet(Protocol):
    """What posting needs."""

    fetch: Fetch
    spawn: Callable[[Coroutine[Any, Any, None]], object]


def webhook(
    credentials: Mapping[str, str], kind: str, outlet: Outlet, underway: set[str]
) -> Post:
    """Posts to the url of a logger; `underway` holds the calls that are being told."""
    fields = {"Content-Type": kind, **credentials}
    url = fields.pop("url")

    async def send(outgoing: Outgoing, call: str) -> None:
        try:
            answer = await outlet.fetch(outgoing)
            if answer.status >= 400:
                log.warning("call %s: the logger answered %d", call, answer.status)
        except (BramkaError, TimeoutError, OSError) as error:
            log.warning("call %s: the logger was not reached: %s", call, error)
        finally:
            underway.discard(call)

    def post(exchange: Exchange, message: bytes, more: Pairs) -> None:
        call = exchange.request_id
        if len(underway) >= MOST_UNDERWAY:
            # A logger that hangs must not fill the memory of the gateway.
            log.warning("call %s: not logged, too much is underway already", call)
            return
        headers = [
            (name.encode("latin-1"), " ".join(value.split()).encode())
            for name, value in (*fields.items(), *more)
        ]
        underway.add(call)
        outlet.spawn(send(Outgoing("POST", url, headers, message, 30.0), call))

    return post


def has_address(logger: Logger) -> bool:
    """Whether a webhook knows where to post to."""
    url = (logger.credentials or {}).get("url", "")
    return url.startswith(("http://", "https://"))
