"""Put a fragment of policy in here.

    <include-fragment fragment-id="common" />

A fragment is written once and included where it is needed; what it holds must be
allowed in the section it is put into. A fragment includes no other fragment.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.errors import Invalid
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Fragment
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site
from bramka.domain.traffic.step import (
    Awaiting,
    Outcome,
    Row,
    Step,
    run_inner_row,
    run_waiting_row,
)

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<include-fragment>`."""

    fragment_id: Annotated[str, Meta(description="Id of the fragment.")]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    name = settings.fragment_id
    fragment: Fragment | None = site.lookup("fragments", name)
    if fragment is None:
        site.refuse(f"there is no fragment '{name}'")
    try:
        row = site.row(_content(site, fragment))
    except Invalid as refusal:
        reasons = [detail.message for detail in refusal.details]
        site.refuse(f"in fragment '{name}': {'; '.join(reasons)}")
    return _step(row)


def _content(site: Site, fragment: Fragment) -> list[Element]:
    root = site.read(fragment.text, escaped=fragment.escaped)
    if root.name != "fragment":
        site.refuse(f"the root element is <{root.name}>; it must be <fragment>")
    waiting = [root]
    while waiting:
        element = waiting.pop()
        waiting += element.children
        if element.name in ("include-fragment", "base"):
            site.refuse(f"a fragment cannot hold <{element.name}>")
    return root.children


def _step(row: Row) -> Step:
    def run(exchange: Exchange) -> Outcome:
        return run_inner_row(row, exchange)

    def wait(exchange: Exchange) -> Awaiting:
        return run_waiting_row(row, exchange)

    return Step(
        wait if row.waits else run,
        waits=row.waits,
        reads_request_body=row.reads_request_body,
        reads_response_body=row.reads_response_body,
        forwarding=row.forwarding,
    )
