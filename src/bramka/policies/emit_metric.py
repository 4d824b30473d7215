"""Count something of one's own.

    <emit-metric name="Orders" value="1" namespace="shop">
      <dimension name="API ID" />
      <dimension name="Client" value="@(context.Request.Method)" />
    </emit-metric>

The sums are kept by the gateway, one for each set of dimension values. Some dimensions
need no value: API ID, Operation ID, Product ID, User ID, Subscription ID, Location,
Gateway ID and Backend ID.
"""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.metric import Metrics
from bramka.domain.traffic.policy_text import Element, Expression, Value
from bramka.domain.traffic.step import (
    ALL_SCOPES,
    EVERYWHERE,
    Children,
    Site,
    Source,
    Step,
    StepFailure,
)
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN: Children = {"dimension": {}}
MOST_DIMENSIONS = 5

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
    "Gateway ID": "context.Deployment.GatewayId",
}
"""The same, where only expressions know the value."""


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<emit-metric>`."""

    name: Annotated[str, Meta(min_length=1, description="Name of the metric.")]
    value: Annotated[
        Source | None, Meta(description="How much to add; 1 if left out.")
    ] = None
    namespace: Annotated[str, Meta(description="What the metric belongs to.")] = ""


class Dimension(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<dimension>`."""

    name: Annotated[str, Meta(min_length=1, description="Name of the dimension.")]
    value: Annotated[
        Source | None, Meta(description="Its value; the usual one if left out.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    metrics: Metrics = site.keep_shared("metrics", Metrics)
    dimensions = [_dimension(site, child) for child in site.element.children]
    if len(dimensions) > MOST_DIMENSIONS:
        site.refuse(f"has more than {MOST_DIMENSIONS} dimensions")
    amount = settings.value or Source.of("1")
    if amount.constant is not None and _number(amount.constant) is None:
        site.refuse(f"value is '{amount.constant}'; it must be a number")

    def run(exchange: Exchange) -> None:
        text = amount.text(exchange)
        number = _number(text)
        if number is None:
            message = f"Value '{text[:40]}' is not a number."
            raise StepFailure("emit-metric", "InvalidValue", message)
        values = tuple((name, read(exchange)) for name, read, _ in dimensions)
        metrics.add(settings.namespace, settings.name, values, number)

    return Step(run, **needs(amount, *(source for _, _, source in dimensions)))


def _dimension(
    site: Site, element: Element
) -> tuple[str, Callable[[Exchange], str], Source | None]:
    settings = site.settings(element, Dimension)
    name, source = settings.name, settings.value
    if source is None and name in DEPLOYED:
        expression = Expression(DEPLOYED[name], False, element.place)
        source = site.source(Value((expression,), element.place))
    if source is not None:
        return name, source.text, source
    if name not in KNOWN:
        known = ", ".join((*KNOWN, *DEPLOYED))
        site.refuse(
            f"dimension '{name}' needs a value; without one there are {known}",
            element.place,
        )
    return name, KNOWN[name], None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
