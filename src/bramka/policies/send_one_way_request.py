"""Tell another service something, without waiting for its answer.

    <send-one-way-request mode="new">
      <set-url>https://hooks.example.com/gateway</set-url>
      <set-method>POST</set-method>
      <set-body>@("called: " + context.Operation.Name)</set-body>
    </send-one-way-request>

The call goes on at once; that a request was not answered is only logged.
"""

import logging
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Outgoing, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._requests import CHILDREN, Described

__all__ = ["CHILDREN", "SCOPES", "SECTIONS", "Settings", "compile"]

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
MOST_UNDERWAY = 1_000

log = logging.getLogger(__name__)


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<send-one-way-request>`."""

    mode: Annotated[
        Source | None,
        Meta(description="new (default), or copy of the caller's request."),
    ] = None
    timeout: Annotated[
        Source | None, Meta(description="Seconds until the answer must be here: 60.")
    ] = None


class _Underway:
    """How many requests nobody waits for are underway."""

    def __init__(self) -> None:
        self.number = 0


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    request = Described(site, settings.mode, settings.timeout)
    underway = site.keep_shared("one-way requests", _Underway)

    async def send(outgoing: Outgoing, exchange: Exchange) -> None:
        try:
            await request.send(outgoing, exchange)
        except StepFailure as failure:
            log.warning("call %s: %s", exchange.request_id, failure.message)
        finally:
            underway.number -= 1

    def run(exchange: Exchange) -> None:
        if underway.number >= MOST_UNDERWAY:
            # A service that hangs must not fill the memory of the gateway.
            log.warning(
                "call %s: not sent, %d requests are underway already",
                exchange.request_id,
                underway.number,
            )
            return
        outgoing = request.written(exchange)
        underway.number += 1
        site.spawn(send(outgoing, exchange))

    return Step(run, **request.needs)
