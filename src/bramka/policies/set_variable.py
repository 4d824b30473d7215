"""Keep a value for later policies of the same call.

    <set-variable name="is-mobile" value="@(context.Request.Method == "GET")" />

An expression's value keeps its type; text as written is always a string.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<set-variable>`."""

    name: Annotated[str, Meta(min_length=1, description="Name of the variable.")]
    value: Annotated[Source, Meta(description="What it gets.")]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del site
    name, evaluate = settings.name, settings.value.evaluate

    def run(exchange: Exchange) -> None:
        exchange.variables[name] = evaluate(exchange)

    return Step(run, **needs(settings.value))
