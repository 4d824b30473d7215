"""Write a line into the trace of the call and into the gateway's log.

    <trace source="checkout" severity="information">
      <message>@(context.Request.Method)</message>
      <metadata name="step" value="1" />
    </trace>

Verbose lines are for the log's debug level. A diagnostic logs it with the call, as
far as its verbosity says so. The message may also be the text of the
element itself.
"""

import logging
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN: Children = {"message": {}, "metadata": {}}
TEXT = True
LEVELS = {
    "verbose": logging.DEBUG,
    "information": logging.INFO,
    "error": logging.ERROR,
}
LONGEST_MESSAGE = 32 * 1024
log = logging.getLogger(__name__)


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<trace>`."""

    source: Annotated[str, Meta(min_length=1, description="Where the line comes from.")]
    severity: Annotated[
        Literal["verbose", "information", "error"],
        Meta(description="verbose (default), information or error."),
    ] = "verbose"


class Metadata(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<metadata>`."""

    name: Annotated[Source, Meta(description="Name of a detail.")]
    value: Annotated[Source, Meta(description="The detail.")]


class Message(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<message>`."""

    name: Annotated[
        Source | None, Meta(description="Makes it a detail of this name.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    message, metadata = _said(site)
    level = LEVELS[settings.severity]

    def run(exchange: Exchange) -> None:
        quiet = exchange.trace is None and exchange.logged is None
        if quiet and not log.isEnabledFor(level):
            return
        text = message.text(exchange).strip()[:LONGEST_MESSAGE]
        known = {name.text(exchange): of.text(exchange) for name, of in metadata}
        if exchange.trace is not None:
            exchange.trace(settings.source, {"message": text, **known})
        if exchange.logged is not None:
            details = {"message": text, **known}
            exchange.logged.said(settings.severity, settings.source, details)
        shown = "".join(f" {name}={value!r}" for name, value in known.items())
        log.log(
            level, "%s: %r%s [%s]", settings.source, text, shown, exchange.request_id
        )

    return Step(run, **needs(message, *(one for pair in metadata for one in pair)))


def _said(site: Site) -> tuple[Source, list[tuple[Source, Source]]]:
    """The message and its details."""
    messages: list[Source] = []
    details: list[tuple[Source, Source]] = []
    for child in site.element.children:
        if child.name == "metadata":
            known = site.settings(child, Metadata)
            details.append((known.name, known.value))
            continue
        name, text = site.settings(child, Message).name, site.source(child.text)
        if name is not None:
            details.append((name, text))
        elif messages:
            site.refuse("has a second message; <metadata> adds details", child.place)
        else:
            messages.append(text)
    message = messages[0] if messages else site.source(site.element.text)
    if message.constant == "":
        site.refuse("needs a <message>")
    return message, details
