"""Run policies at the same time, and wait for all of them or for the first.

    <wait for="all">
      <choose>
        <when condition="@(true)">
          <set-variable name="ready" value="yes" />
        </when>
      </choose>
    </wait>

It holds send-request, cache-lookup-value and choose. When one of them answers the
call or fails, that ends the waiting. With `any`, those not done are cancelled.
"""

import asyncio
from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Outcome, Row, Step
from bramka.policies._inside import go_through
from bramka.policies._refusals import Choice, needs

SECTIONS = frozenset({Section.INBOUND, Section.BACKEND, Section.OUTBOUND})
SCOPES = ALL_SCOPES
CHILDREN = None
INSIDE = ("send-request", "cache-lookup-value", "choose")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<wait>`."""

    for_: Annotated[Source | None, Meta(description="all (default) or any.")] = field(
        default=None, name="for"
    )


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    for child in site.element.children:
        if child.name not in INSIDE:
            allowed = ", ".join(f"<{name}>" for name in INSIDE)
            site.refuse(
                f"<{child.name}> cannot stand inside <wait>; {allowed} can", child.place
            )
    whole = site.row(site.element.children)
    if not whole.runs:
        site.refuse("needs policies to wait for")
    word = Choice(site, "for", settings.for_ or Source.of("all"), ("all", "any"))
    rows = [
        Row((run,), (place,), waits=True)
        for run, place in zip(whole.runs, whole.places, strict=True)
    ]

    async def run(exchange: Exchange) -> Outcome:
        first = word.of(exchange) == "any"
        works = [asyncio.ensure_future(go_through(row, exchange)) for row in rows]
        try:
            return await _outcome(works, first=first)
        finally:
            for work in works:
                work.cancel()

    read = needs(settings.for_)
    return Step(
        run,
        waits=True,
        reads_request_body=whole.reads_request_body or read["reads_request_body"],
        reads_response_body=whole.reads_response_body or read["reads_response_body"],
    )


async def _outcome(works: "list[asyncio.Task[Outcome]]", *, first: bool) -> Outcome:
    for work in asyncio.as_completed(works):
        outcome = await work
        if first or outcome is not None:
            return outcome
    return None
