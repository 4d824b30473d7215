"""Replace the body of the request, or of the response on the way out.

<set-body>{"status": "ok"}</set-body>
"""

from msgspec import Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import ALL_SCOPES, Site, Step

SECTIONS = frozenset(
    {Section.INBOUND, Section.BACKEND, Section.OUTBOUND, Section.ON_ERROR}
)
SCOPES = ALL_SCOPES
TEXT = True


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<set-body>` has no attributes yet."""


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's words
    source = site.source(site.element.text)
    onto_request = site.section in (Section.INBOUND, Section.BACKEND)

    def run(exchange: Exchange) -> None:
        message = exchange.request if onto_request else exchange.response
        if message is None:
            return
        value = None if source.constant is not None else source.evaluate(exchange)
        content = value if isinstance(value, bytes) else source.text(exchange).encode()
        message.body.replace(content)

    return Step(
        run,
        reads_request_body=onto_request or source.reads_request_body,
        reads_response_body=source.reads_response_body,
    )
