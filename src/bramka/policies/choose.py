"""Do what stands under the first condition that holds.

    <choose>
      <when condition="@(context.Request.Method == "GET")">
        <set-header name="X-Kind"><value>reading</value></set-header>
      </when>
      <otherwise>
        <set-header name="X-Kind"><value>writing</value></set-header>
      </otherwise>
    </choose>

Conditions are evaluated from the first to the last; those behind the first that
holds are not looked at.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import (
    Awaiting,
    Outcome,
    Row,
    Step,
    run_inner_row,
    run_waiting_row,
)
from bramka.policies._inside import check_names, numbered
from bramka.policies._refusals import flag_source

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN = None


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<choose>` has no attributes."""


class When(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<when>`."""

    condition: Annotated[Source, Meta(description="What must hold: true or false.")]


class Otherwise(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<otherwise>` has no attributes."""


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del settings
    children = site.element.children
    check_names(site, ("when", "otherwise"))
    if not children or children[0].name != "when":
        site.refuse("has to begin with <when condition='…'>")
    branches: list[tuple[Source, Row]] = []
    otherwise = Row()
    for child, inside in numbered(children):
        if child.name == "when":
            condition = site.settings(child, When).condition
            flag_source(site, "condition", condition)
            branches.append((condition, site.row(child.children, inside)))
        elif child is not children[-1]:
            site.refuse("<otherwise> stands once, behind every <when>", child.place)
        else:
            site.settings(child, Otherwise)
            otherwise = site.row(child.children, inside)
    return _step(tuple(branches), otherwise)


def _step(branches: tuple[tuple[Source, Row], ...], otherwise: Row) -> Step:
    rows = [otherwise, *(row for _, row in branches)]
    waits = any(row.waits for row in rows)
    tests = tuple((condition.flag, row) for condition, row in branches)

    def run(exchange: Exchange) -> Outcome:
        for holds, row in tests:
            if holds(exchange):
                return run_inner_row(row, exchange)
        return run_inner_row(otherwise, exchange)

    def wait(exchange: Exchange) -> Awaiting | Outcome:
        held = (row for holds, row in tests if holds(exchange))
        row = next(held, otherwise)
        return (
            run_waiting_row(row, exchange)
            if row.waits
            else run_inner_row(row, exchange)
        )

    return Step(
        wait if waits else run,
        waits=waits,
        reads_request_body=any(row.reads_request_body for row in rows)
        or any(condition.reads_request_body for condition, _ in branches),
        reads_response_body=any(row.reads_response_body for row in rows)
        or any(condition.reads_response_body for condition, _ in branches),
    )
