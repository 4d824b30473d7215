"""Set the status code and reason of the response.

<set-status code="404" reason="Not here" />
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step, StepFailure

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<set-status>`."""

    code: Annotated[Source, Meta(description="Status code, 100 to 599.")]
    reason: Annotated[
        Source | None, Meta(description="Reason phrase; the usual one if left out.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    constant = settings.code.constant
    if constant is not None and not _is_status(constant):
        site.refuse(f"code is '{constant}'; it must be a number from 100 to 599")
    sources = [source for source in (settings.code, settings.reason) if source]

    def run(exchange: Exchange) -> None:
        code = settings.code.text(exchange)
        if not _is_status(code):
            message = f"Status code '{code[:40]}' is not a number from 100 to 599."
            raise StepFailure("set-status", "InvalidStatusCode", message)
        response = exchange.draft or exchange.response
        if response is not None:
            response.status = int(code)
            reason = settings.reason
            text = "" if reason is None else reason.text(exchange)
            response.reason = " ".join(text.split())

    return Step(
        run,
        reads_request_body=any(source.reads_request_body for source in sources),
        reads_response_body=any(source.reads_response_body for source in sources),
    )


def _is_status(text: str) -> bool:
    return text.isdecimal() and text.isascii() and 100 <= int(text) <= 599
