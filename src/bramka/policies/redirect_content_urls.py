"""Let links in bodies point to the gateway, or back to the backend.

    <redirect-content-urls />

On the way out, addresses of the backend in the body and in Location become addresses
of the gateway; on the way in it is the other way round.
"""

import re

from msgspec import Struct

from bramka.domain.traffic.exchange import Exchange, Url
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site
from bramka.domain.traffic.step import Step
from bramka.policies._bodies import content_of, is_request, message_of, replace_content

SECTIONS = frozenset({Section.INBOUND, Section.OUTBOUND})
SCOPES = ALL_SCOPES
ONCE = True
TEXTUAL = ("text/", "json", "xml", "javascript")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<redirect-content-urls>` has no attributes."""


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del settings
    request = is_request(site)

    def run(exchange: Exchange) -> None:
        message = message_of(exchange, request=request)
        if message is None:
            return
        ours, theirs = addresses(exchange)
        old, new = (ours, theirs) if request else (theirs, ours)
        links = re.compile(re.escape(old) + rb"(?=[/?#\"'<>\s\\]|$)", re.IGNORECASE)
        for name in (b"location", b"content-location"):
            value = message.headers.get(name)
            if value is not None:
                message.headers.set(name, links.sub(lambda _: new, value))
        kind = (message.headers.joined(b"content-type") or "text/").lower()
        if not any(word in kind for word in TEXTUAL):
            return
        content = content_of(message)
        changed = links.sub(lambda _: new, content)
        if changed != content:
            replace_content(message, changed)

    return Step(run, reads_request_body=request, reads_response_body=not request)


def addresses(exchange: Exchange) -> tuple[bytes, bytes]:
    """Where the API is for callers, and where it is at the backend."""
    request = exchange.request
    origin = request.original_url
    base = request.base
    path = request.path.removesuffix(request.rest).rstrip("/")
    ours = f"{_origin(origin)}{path}"
    theirs = _origin(request.url) + ("" if base is None else base.path)
    return ours.encode("latin-1", "replace"), theirs.encode("latin-1", "replace")


def _origin(url: Url) -> str:
    port = "" if url.port is None else f":{url.port}"
    return f"{url.scheme}://{url.host}{port}"
