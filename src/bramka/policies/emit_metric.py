"""Count something of one's own.

    <emit-metric name="Orders" value="1" namespace="shop">
      <dimension name="API ID" />
      <dimension name="Client" value="@(context.Request.Method)" />
    </emit-metric>

The sums are kept by the gateway, one for each set of dimension values. Some dimensions
need no value: API ID, Operation ID, Product ID, User ID, Subscription ID, Location,
Gateway ID and Backend ID.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.metric import Metrics
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Children, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._dimensions import DimensionsOf
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN: Children = {"dimension": {}}


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<emit-metric>`."""

    name: Annotated[str, Meta(min_length=1, description="Name of the metric.")]
    value: Annotated[
        Source | None, Meta(description="How much to add; 1 if left out.")
    ] = None
    namespace: Annotated[str, Meta(description="What the metric belongs to.")] = (
        "API Management"
    )


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    metrics: Metrics = site.keep_shared("metrics", Metrics)
    dimensions = DimensionsOf(site)
    amount = settings.value or Source.of("1")
    if amount.constant is not None and _number(amount.constant) is None:
        site.refuse(f"value is '{amount.constant}'; it must be a number")

    def run(exchange: Exchange) -> None:
        text = amount.text(exchange)
        number = _number(text)
        if number is None:
            message = f"Value '{text[:40]}' is not a number."
            raise StepFailure("emit-metric", "InvalidValue", message)
        values = dimensions.of(exchange)
        metrics.add(settings.namespace, settings.name, values, number)

    return Step(run, **needs(amount, *dimensions.sources))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
