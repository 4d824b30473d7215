"""Rules for parts of the traffic: `<api>` and `<operation>` inside a limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Protocol

from msgspec import Meta

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import Children, Site

CHILDREN: Children = {"api": {"operation": {}}}

Name = Annotated[str | None, Meta(description="Display name of the part.")]
Id = Annotated[str | None, Meta(description="Id of the part.")]


class NamedPart(Protocol):
    """Attributes that tell which part is meant."""

    @property
    def name(self) -> str | None: ...
    @property
    def id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Part:
    """Which calls a rule counts: all, those of an API, or of one of its operations."""

    api: str | None = None
    operation: str | None = None

    @property
    def prefix(self) -> str:
        """What its counter keys begin with, so that parts count by themselves."""
        text = "" if self.api is None else f"api={self.api}\n"
        return text if self.operation is None else f"{text}operation={self.operation}\n"

    def covers(self, exchange: Exchange) -> bool:
        api, operation = exchange.api, exchange.operation
        if self.api is not None and (
            api is None or self.api not in (api.id, api.display_name)
        ):
            return False
        return self.operation is None or (
            operation is not None
            and self.operation in (operation.id, operation.display_name)
        )


WHOLE = Part()


def parts(site: Site, of: type[NamedPart]) -> Iterator[tuple[Part, Element]]:
    """Every part inside the policy, with the element that limits it."""
    for api in site.element.children:
        name = _named(site, api, of)
        yield Part(name), api
        for operation in api.children:
            yield Part(name, _named(site, operation, of)), operation


def _named(site: Site, element: Element, of: type[NamedPart]) -> str:
    settings = site.settings(element, of)
    name = settings.id or settings.name
    if not name:
        site.refuse(f"<{element.name}> needs a name or an id", element.place)
    return name
