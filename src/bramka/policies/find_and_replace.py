"""Replace a text wherever it stands in the body.

    <find-and-replace from="notebook" to="laptop" />

The text is found as it is written, not as a pattern.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._bodies import content_of, is_request, message_of, replace_content
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

    def run(exchange: Exchange) -> None:
        message = message_of(exchange, request=request)
        old = source.text(exchange).encode()
        if message is None or not old:
            return
        content = content_of(message)
        if old in content:
            new = target.text(exchange).encode()
            size = len(content) + content.count(old) * (len(new) - len(old))
            if size > max(LONGEST, len(content)):
                text = f"The body would have {size} bytes; the most is {LONGEST}."
                raise StepFailure("find-and-replace", "BodyTooLarge", text)
            replace_content(message, content.replace(old, new))

    return Step(
        run,
        reads_request_body=request or read["reads_request_body"],
        reads_response_body=not request or read["reads_response_body"],
    )
