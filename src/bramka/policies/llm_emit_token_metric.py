"""Count the tokens that calls of a language model spend.

    <llm-emit-token-metric namespace="models">
      <dimension name="Subscription ID" />
      <dimension name="Client" value="@(context.Request.Method)" />
    </llm-emit-token-metric>

Three metrics grow once the answer has passed: Total Tokens, Prompt Tokens and
Completion Tokens, as the `usage` object of the answer tells them, be it JSON or a
stream of events. Without one they are estimated, a token for every four bytes. The
dimensions that need no value are those of `emit-metric`.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.metric import Metrics
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site
from bramka.domain.traffic.step import Step
from bramka.policies._dimensions import DimensionsOf
from bramka.policies._refusals import needs
from bramka.policies._usage import Usage

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"dimension": {}}


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<llm-emit-token-metric>`."""

    namespace: Annotated[str, Meta(description="What the metrics belong to.")] = (
        "API Management"
    )


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    metrics: Metrics = site.keep_shared("metrics", Metrics)
    dimensions = DimensionsOf(site)
    space = settings.namespace

    def run(exchange: Exchange) -> None:
        values, usage = dimensions.of(exchange), Usage()
        # A coded answer could not be read.
        exchange.request.headers.delete(b"Accept-Encoding")

        def count(done: Exchange) -> None:
            spent = usage.spent(done)
            metrics.add(space, "Total Tokens", values, spent.total)
            metrics.add(space, "Prompt Tokens", values, spent.prompt)
            metrics.add(space, "Completion Tokens", values, spent.completion)

        exchange.watch(usage.see)
        exchange.after(count)

    return Step(run, **needs(*dimensions.sources))
