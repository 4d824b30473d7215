"""Dimensions of metrics: what their sums are told apart by."""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.metric import Dimensions
from bramka.domain.traffic.policy_text import Element, Expression, Value
from bramka.domain.traffic.site import Site, Source

MOST_DIMENSIONS = 5
"""As the newest pages of Azure say; those before said 10."""

KNOWN: dict[str, Callable[[Exchange], str]] = {
    "API ID": lambda call: call.api.id if call.api else "",
    "Operation ID": lambda call: call.operation.id if call.operation else "",
    "Product ID": lambda call: call.product.id if call.product else "",
    "User ID": lambda call: call.user.id if call.user else "",
    "Subscription ID": lambda call: call.subscription.id if call.subscription else "",
    "Backend ID": lambda call: call.backend_id or "",
}
"""Dimensions that need no value."""
DEPLOYED = {
    "Location": "context.Deployment.Region",
    "Location ID": "context.Deployment.Region",
    "Gateway ID": "context.Deployment.GatewayId",
}
"""The same, where only expressions know the value."""


class Dimension(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<dimension>`."""

    name: Annotated[Source, Meta(description="Name of the dimension.")]
    value: Annotated[
        Source | None, Meta(description="Its value; the usual one if left out.")
    ] = None


class DimensionsOf:
    """The `<dimension>` elements of a policy."""

    def __init__(self, site: Site) -> None:
        if len(site.element.children) > MOST_DIMENSIONS:
            site.refuse(f"has more than {MOST_DIMENSIONS} dimensions")
        found = [_dimension(site, child) for child in site.element.children]
        self._found = [(name.text, read) for name, read, _ in found]
        self.sources = [source for name, _, value in found for source in (name, value)]

    def of(self, exchange: Exchange) -> Dimensions:
        """Their values for one call."""
        return tuple((name(exchange), read(exchange)) for name, read in self._found)


def _dimension(
    site: Site, element: Element
) -> tuple[Source, Callable[[Exchange], str], Source | None]:
    settings = site.settings(element, Dimension)
    name, source = settings.name.constant, settings.value
    if name is not None and not name.strip():
        site.refuse("the dimension has no name", element.place)
    if source is None and name in DEPLOYED:
        expression = Expression(DEPLOYED[name], False, element.place)
        source = site.source(Value((expression,), element.place))
    if source is not None:
        return settings.name, source.text, source
    if name not in KNOWN:
        known = ", ".join((*KNOWN, *DEPLOYED))
        site.refuse(
            f"dimension '{name or '@(…)'}' needs a value; without one there are "
            f"{known}",
            element.place,
        )
    return settings.name, KNOWN[name], None
