"""Replace the body of the request, or of the response on the way out.

<set-body>{"status": "ok"}</set-body>

With `template="liquid"` the text is a Liquid template over `body`, the body as it
was, taken apart by its content type, and over `context`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source, printed
from bramka.domain.traffic.step import Step
from bramka.policies._bodies import is_request, message_of, replace_content
from bramka.policies._liquid import Render, compile_template
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN = None
TEXT = True


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<set-body>`."""

    template: Annotated[
        Literal["liquid", "none"],
        Meta(description="liquid: the text is a template; none: it is not."),
    ] = "none"
    xsi_nil: Annotated[
        Literal["blank", "null"],
        Meta(description="What templates see for xsi:nil in XML: blank or null."),
    ] = "blank"
    parse_date: Annotated[
        bool, Meta(description="Whether templates see texts like dates as dates.")
    ] = True


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's words
    source = site.source(site.element.inner or site.element.text)
    if settings.template == "liquid":
        return _liquid(settings, site, source)
    request, read = is_request(site), needs(source)

    def run(exchange: Exchange) -> None:
        message = message_of(exchange, request=request)
        if message is None:
            return
        value: object = source.evaluate(exchange)
        if isinstance(value, bytes | bytearray):
            replace_content(message, bytes(value))
        else:
            replace_content(message, printed(value).encode())

    return Step(
        run,
        reads_request_body=request or read["reads_request_body"],
        reads_response_body=read["reads_response_body"],
    )


def template_of(settings: Settings, site: Site, source: Source) -> Render:
    """The renderer of a Liquid template; the document is refused where it is none."""
    if source.constant is None:
        site.refuse("a Liquid template holds no policy expressions", source.place)
    try:
        blank_nil = settings.xsi_nil == "blank"
        return compile_template(
            source.constant, blank_nil=blank_nil, dates=settings.parse_date
        )
    except ValueError as error:
        site.refuse(f"the Liquid template cannot be read: {error}", source.place)


def _liquid(settings: Settings, site: Site, source: Source) -> Step:
    render, request = template_of(settings, site, source), is_request(site)

    def run(exchange: Exchange) -> None:
        message = message_of(exchange, request=request)
        if message is not None:
            before = exchange.request if request else exchange.response
            replace_content(message, render(exchange, before).encode())

    return Step(run, reads_request_body=True, reads_response_body=not request)
