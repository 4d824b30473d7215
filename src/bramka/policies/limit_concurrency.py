"""Let only so many calls be inside at the same time; refuse the others with 429.

    <limit-concurrency key="@(context.Api.Id)" max-count="3">
      <set-variable name="inside" value="yes" />
    </limit-concurrency>

It counts in one gateway process, and for each key by itself. A call is inside until
the policies in it are done: around forward-request, until the backend's answer begins.
"""

from collections import Counter
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import (
    Outcome,
    Row,
    Run,
    Step,
    run_inner_row,
    run_waiting_row,
)
from bramka.policies._refusals import needs, refusal

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN = None


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<limit-concurrency>`."""

    key: Annotated[Source, Meta(description="Calls with the same key are counted.")]
    max_count: Annotated[
        int, Meta(ge=1, description="Most calls inside at the same time.")
    ]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    row = site.row(site.element.children)
    inside: Counter[str] = site.keep("inside", Counter)
    read = needs(settings.key)
    return Step(
        _waiting(row, settings, inside) if row.waits else _plain(row),
        waits=row.waits,
        reads_request_body=row.reads_request_body or read["reads_request_body"],
        reads_response_body=row.reads_response_body or read["reads_response_body"],
    )


def _waiting(row: Row, settings: Settings, inside: Counter[str]) -> Run:
    async def run(exchange: Exchange) -> Outcome:
        key = settings.key.text(exchange)
        if inside[key] >= settings.max_count:
            return _refused()
        inside[key] += 1
        try:
            return await run_waiting_row(row, exchange)
        finally:
            _leave(inside, key)

    return run


def _plain(row: Row) -> Run:
    """Nothing inside waits, so no two calls are ever in it."""

    def run(exchange: Exchange) -> Outcome:
        return run_inner_row(row, exchange)

    return run


def _leave(inside: Counter[str], key: str) -> None:
    inside[key] -= 1
    if not inside[key]:
        del inside[key]


def _refused() -> Response:
    message = "Too many calls are in progress. Try again later."
    error = LastError("limit-concurrency", "ConcurrencyLimitExceeded", message)
    return refusal(429, message, error)
