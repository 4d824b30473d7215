"""Set, add or delete a parameter of the request's query.

    <set-query-parameter name="version" exists-action="override">
      <value>2</value>
    </set-query-parameter>

Names compare without case. Other parameters stay as they were sent.
"""

from typing import Annotated
from urllib.parse import quote, unquote

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import Choice, needs

SECTIONS = frozenset({Section.INBOUND, Section.BACKEND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"value": {}}
ACTIONS = ("override", "skip", "append", "delete")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<set-query-parameter>`."""

    name: Annotated[Source, Meta(description="Name of the parameter.")]
    exists_action: Annotated[
        Source | None,
        Meta(description="override (default), skip, append or delete."),
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    values = tuple(site.source(child.text) for child in site.element.children)
    given = settings.exists_action or Source.of("override")
    action = Choice(site, "exists-action", given, ACTIONS)
    if action.constant not in ("delete", None) and not values:
        site.refuse("needs a <value>, or exists-action='delete'")

    def run(exchange: Exchange) -> None:
        name = settings.name.text(exchange)
        texts = [source.text(exchange) for source in values]
        url = exchange.request.url
        url.query = changed(url.query, name, action.of(exchange), texts)

    return Step(run, **needs(settings.name, settings.exists_action, *values))


def changed(query: str, name: str, action: str, values: list[str]) -> str:
    """The query after one action; parts of other names stay byte by byte."""
    parts = [part for part in query.split("&") if part]
    is_there = [name_of(part).lower() == name.lower() for part in parts]
    if action == "skip" and any(is_there):
        return query
    key = quote(name, safe="")
    added = (
        [] if action == "delete" else [f"{key}={quote(one, safe='')}" for one in values]
    )
    if action == "append":
        return "&".join([*parts, *added])
    kept = [part for part, same in zip(parts, is_there, strict=True) if not same]
    return "&".join([*kept, *added])


def name_of(part: str) -> str:
    """The decoded name in one part of a query."""
    return unquote(part.partition("=")[0].replace("+", " "))
