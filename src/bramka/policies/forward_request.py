"""Send the request to the backend and take its answer.

    <forward-request timeout="60" />

Without this policy in the backend section the backend is not called.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import ALL_SCOPES, Forwarding, Outcome, Site, Step

SECTIONS = frozenset({Section.BACKEND})
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<forward-request>`."""

    timeout: Annotated[
        float, Meta(gt=0, description="Seconds to wait for the response headers.")
    ] = 300.0
    timeout_ms: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="The same in milliseconds, instead."),
    ] = None
    follow_redirects: Annotated[
        bool, Meta(description="Follow redirects, or hand them to the caller.")
    ] = False
    buffer_request_body: Annotated[
        bool, Meta(description="Keep the request body, to send it again on a retry.")
    ] = False
    buffer_response: Annotated[
        bool, Meta(description="Collect small pieces; false for server-sent events.")
    ] = True
    fail_on_error_status_code: Annotated[
        bool, Meta(description="Treat answers from 400 to 599 as errors.")
    ] = False


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's words
    timeout = settings.timeout
    if settings.timeout_ms is not None:
        timeout = settings.timeout_ms / 1000
    forwarding = Forwarding(
        timeout=timeout,
        follow_redirects=settings.follow_redirects,
        buffer_request_body=settings.buffer_request_body,
        buffer_response=settings.buffer_response,
        fail_on_error_status_code=settings.fail_on_error_status_code,
    )

    async def run(exchange: Exchange) -> Outcome:
        outcome: Outcome = await exchange.state.forward(forwarding)
        return outcome

    return Step(
        run,
        waits=True,
        reads_request_body=settings.buffer_request_body,
        forwarding=forwarding,
    )
