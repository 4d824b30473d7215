"""Send the request to the backend and take its answer.

    <forward-request timeout="60" />

Without this policy in the backend section the backend is not called.
"""

from typing import Annotated
from urllib.parse import urljoin, urlsplit

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Address, Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import ALL_SCOPES, Forwarding, Outcome, Site, Step

SECTIONS = frozenset({Section.BACKEND})
SCOPES = ALL_SCOPES
MOST_REDIRECTS = 10


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

    async def follow(exchange: Exchange) -> Outcome:
        for _ in range(MOST_REDIRECTS):
            outcome = await run(exchange)
            if outcome is not None or not _redirected(exchange):
                return outcome
        return await run(exchange)

    return Step(
        follow if settings.follow_redirects else run,
        waits=True,
        # What was sent once may have to be sent again.
        reads_request_body=settings.buffer_request_body or settings.follow_redirects,
        forwarding=forwarding,
    )


def _redirected(exchange: Exchange) -> bool:
    """Aim the request at where the answer points; False when it is no redirect."""
    response, request = exchange.response, exchange.request
    if response is None or response.status not in (301, 302, 303, 307, 308):
        return False
    location = response.headers.joined(b"location")
    here: str = exchange.state.address()
    parts = urlsplit(urljoin(here, location or ""))
    allowed = ("https",) if here.startswith("https:") else ("http", "https")
    if not location or parts.scheme not in allowed:
        return False
    address = Address(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    exchange.backend_url, exchange.backend_id = address.text, None
    request.move_to(address)
    request.url.path, request.url.query = parts.path or "/", parts.query
    # What proves something to one server is not for the next one.
    request.headers.delete(b"authorization")
    if response.status == 303 or (
        response.status in (301, 302) and request.method == "POST"
    ):
        request.method = "HEAD" if request.method == "HEAD" else "GET"
        request.body.replace(b"")
    return True
