"""Send the request to the backend and take its answer.

    <forward-request timeout="60" />

Without this policy in the backend section the backend is not called.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated
from urllib.parse import urljoin, urlsplit

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Address, Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Forwarding, Outcome, Step
from bramka.policies._refusals import Choice, Seconds, flag_source, needs

SECTIONS = frozenset({Section.BACKEND})
SCOPES = ALL_SCOPES
MOST_REDIRECTS = 10


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<forward-request>`."""

    timeout: Annotated[
        Source | None,
        Meta(description="Seconds to wait for the response headers: 300."),
    ] = None
    timeout_ms: Annotated[
        Source | None,
        Meta(description="The same in milliseconds, instead."),
    ] = None
    continue_timeout: Annotated[
        Source | None,
        Meta(
            description="Seconds to wait for 100 Continue; never waited for here, as "
            "the gateway itself answers Expect."
        ),
    ] = None
    http_version: Annotated[
        Source | None,
        Meta(description="1 (default) or 2or1; backends are spoken to in HTTP/1.1."),
    ] = None
    follow_redirects: Annotated[
        Source | None,
        Meta(description="Follow redirects, or hand them to the caller: false."),
    ] = None
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
    forwarding_of = _forwarding(settings, site)
    redirects = flag_source(
        site, "follow-redirects", settings.follow_redirects or Source.of("false")
    )
    may_redirect = redirects.constant is None or redirects.constant.lower() == "true"

    async def run(exchange: Exchange) -> Outcome:
        outcome: Outcome = await exchange.state.forward(forwarding_of(exchange))
        return outcome

    async def follow(exchange: Exchange) -> Outcome:
        if not redirects.flag(exchange):
            return await run(exchange)
        for _ in range(MOST_REDIRECTS):
            outcome = await run(exchange)
            if outcome is not None or not _redirected(exchange):
                return outcome
        return await run(exchange)

    known = getattr(forwarding_of, "forwarding", None)
    read = needs(settings.timeout, settings.timeout_ms, redirects)
    return Step(
        follow if may_redirect else run,
        waits=True,
        # What was sent once may have to be sent again.
        reads_request_body=settings.buffer_request_body
        or may_redirect
        or read["reads_request_body"],
        forwarding=None if redirects.constant is None else known,
    )


class _Known:
    """How every request is sent on."""

    def __init__(self, forwarding: Forwarding) -> None:
        self.forwarding = forwarding

    def __call__(self, _exchange: Exchange) -> Forwarding:
        return self.forwarding


def _forwarding(settings: Settings, site: Site) -> Callable[[Exchange], Forwarding]:
    """How a request is sent on: known beforehand, unless expressions say it."""
    if settings.continue_timeout is not None:
        Seconds(site, "continue-timeout", settings.continue_timeout)
    version = settings.http_version or Source.of("1")
    if version.constant == "2":
        site.refuse(
            "attribute 'http-version' is '2'; backends are spoken to in HTTP/1.1: "
            "write 1 or 2or1",
            version.place,
        )
    Choice(site, "http-version", version, ("1", "2or1"))
    if settings.timeout_ms is not None:
        timeout = Seconds(site, "timeout-ms", settings.timeout_ms, 1000)
    else:
        timeout = Seconds(site, "timeout", settings.timeout or Source.of("300"))
    redirects = settings.follow_redirects
    plain = Forwarding(
        timeout=timeout.constant or 300.0,
        follow_redirects=redirects is not None and redirects.constant == "true",
        buffer_request_body=settings.buffer_request_body,
        buffer_response=settings.buffer_response,
        fail_on_error_status_code=settings.fail_on_error_status_code,
    )
    if timeout.constant is not None:
        return _Known(plain)
    return lambda exchange: replace(plain, timeout=timeout.of(exchange))


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
