"""Replace a text wherever it stands in the body.

    <find-and-replace from="notebook" to="laptop" />

The text is found as it is written, not as a pattern.
"""

from functools import partial
from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Awaiting, Outcome, Step, StepFailure
from bramka.policies._bodies import (
    Coded,
    Message,
    coded,
    is_request,
    message_of,
    replace_content,
    work_on,
)
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
LONGEST = 64 * 1024 * 1024
"""Bytes that a body may grow to."""
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<find-and-replace>`."""

    from_: Annotated[Source, Meta(description="The text to find.")] = field(name="from")
    to: Annotated[Source, Meta(description="What stands there afterwards.")]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    source, target, request = settings.from_, settings.to, is_request(site)
    if source.constant == "":
        site.refuse("attribute 'from' is empty; it must name what to find")
    read = needs(source, target)

    def finish(message: Message, made: bytes | None) -> None:
        if made is not None:
            replace_content(message, made)

    def run(exchange: Exchange) -> Outcome | Awaiting:
        message = message_of(exchange, request=request)
        old = source.text(exchange).encode()
        if message is None or not old:
            return None
        new = target.text(exchange).encode()
        return work_on(
            site, coded(message), partial(finish, message), _replaced, old, new
        )

    return Step(
        run,
        waits=True,
        seldom=True,
        reads_request_body=request or read["reads_request_body"],
        reads_response_body=not request or read["reads_response_body"],
    )


def _replaced(body: Coded, old: bytes, new: bytes) -> bytes | None:
    """The body with the new text; None when the old one is not in it."""
    content = body.plain()
    if old not in content:
        return None
    size = len(content) + content.count(old) * (len(new) - len(old))
    if size > max(LONGEST, len(content)):
        text = f"The body would have {size} bytes; the most is {LONGEST}."
        raise StepFailure("find-and-replace", "BodyTooLarge", text)
    return content.replace(old, new)
