"""What json-to-xml and xml-to-json have in common: when they apply."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import Site, Source
from bramka.domain.traffic.step import Awaiting, Outcome, Step, StepFailure
from bramka.policies._bodies import (
    Coded,
    Message,
    charset,
    coded,
    is_request,
    media_type,
    message_of,
    replace_content,
    work_on,
)
from bramka.policies._refusals import Choice, flag_source, needs
from bramka.policies._xml import MOST_PARTS

T = TypeVar("T")
Convert = Callable[[bytes, str, T], bytes]
"""Turns content in a charset into the other form, in UTF-8, as the settings say."""


def conversion(
    site: Site,
    *,
    apply: Source,
    accept: Source | None,
    source: str,
    convert: Convert[T],
    chosen: Callable[[Exchange], T],
    sources: tuple[Source | None, ...],
) -> Step:
    """A step that converts bodies of one form, json or xml, into the other.

    `convert` is a function of a module: large bodies are converted apart.
    """
    target = "xml" if source == "json" else "json"
    request, kind = is_request(site), b"application/%b" % target.encode()
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

    def finish(message: Message, made: bytes | None) -> None:
        if made is not None:
            replace_content(message, made, kind)

    def run(exchange: Exchange) -> Outcome | Awaiting:
        message = message_of(exchange, request=request)
        if message is None or not applies(exchange, message):
            return None
        given = (convert, source, target, charset(message), chosen(exchange))
        return work_on(
            site, coded(message), partial(finish, message), _converted, *given
        )

    return Step(
        run,
        waits=True,
        seldom=True,
        reads_request_body=request or read["reads_request_body"],
        reads_response_body=not request or read["reads_response_body"],
    )


def _converted(
    body: Coded,
    convert: Convert[T],
    source: str,
    target: str,
    coding: str,
    chosen: T,
) -> bytes | None:
    """The body in the other form; None when it is empty."""
    content, mark = body.plain(), b"<" if source == "xml" else b","
    if not content.strip():
        return None
    if content.count(mark) > MOST_PARTS:
        told = f"The body has more than {MOST_PARTS} parts to convert."
        raise StepFailure(f"{source}-to-{target}", "BodyTooLarge", told)
    return convert(content, coding, chosen)
