"""What json-to-xml and xml-to-json have in common: when they apply."""

from collections.abc import Callable

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._bodies import (
    Message,
    charset,
    content_of,
    is_request,
    media_type,
    message_of,
    replace_content,
)
from bramka.policies._refusals import Choice, flag_source, needs
from bramka.policies._xml import MOST_PARTS

Convert = Callable[[bytes, str, Exchange], bytes]
"""Turns content in a charset into the other form, in UTF-8."""


def conversion(
    site: Site,
    *,
    apply: Source,
    accept: Source | None,
    source: str,
    target: str,
    convert: Convert,
    sources: tuple[Source | None, ...],
) -> Step:
    """A step that converts bodies of one form, json or xml, into the other."""
    request, mark = is_request(site), b"<" if source == "xml" else b","
    when = Choice(site, "apply", apply, ("always", f"content-type-{source}"))
    given = accept or Source.of("true")
    asks = flag_source(site, "consider-accept-header", given)
    read = needs(apply, accept, *sources)

    def applies(exchange: Exchange, message: Message) -> bool:
        if when.of(exchange) != "always" and source not in media_type(message):
            return False
        if not asks.flag(exchange):
            return True
        accepted = exchange.request.headers.joined(b"accept") or ""
        return target in accepted.lower()

    def run(exchange: Exchange) -> None:
        message = message_of(exchange, request=request)
        if message is None or not applies(exchange, message):
            return
        content = content_of(message)
        if content.strip():
            if content.count(mark) > MOST_PARTS:
                told = f"The body has more than {MOST_PARTS} parts to convert."
                raise StepFailure(f"{source}-to-{target}", "BodyTooLarge", told)
            made = convert(content, charset(message), exchange)
            replace_content(message, made, b"application/%b" % target.encode())

    return Step(
        run,
        reads_request_body=request or read["reads_request_body"],
        reads_response_body=not request or read["reads_response_body"],
    )
