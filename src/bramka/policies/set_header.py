"""Set, add or delete a header of the request, or of the response on the way out.

    <set-header name="X-Origin" exists-action="override">
      <value>gateway</value>
    </set-header>

Several values become one comma-separated field, except for fields that cannot be
joined, such as Set-Cookie.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Headers
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Children, Site, Source
from bramka.domain.traffic.step import Run, Step, StepFailure
from bramka.policies._bodies import message_of
from bramka.policies._refusals import FIELD_NAME, check_header_name

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN: Children = {"value": {}}
ACTIONS = ("override", "skip", "append", "delete")

SEPARATE = frozenset(
    name.lower().encode()
    for name in [
        "User-Agent",
        "WWW-Authenticate",
        "Proxy-Authenticate",
        "Cookie",
        "Set-Cookie",
        "Warning",
        "Date",
        "Expires",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "Last-Modified",
        "Retry-After",
    ]
)
"""Fields that never join several values by a comma."""

FRAMING = frozenset(
    (b"connection", b"keep-alive", b"content-length", b"transfer-encoding")
)
"""Fields that the gateway owns; setting them has no effect."""


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<set-header>`."""

    name: Annotated[Source, Meta(description="Name of the header.")]
    exists_action: Annotated[
        Source | None,
        Meta(description="override (default), skip, append or delete."),
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    values = tuple(site.source(child.text) for child in site.element.children)
    sources = (settings.name, *values)
    check_header_name(site, settings.name.constant)
    action = settings.exists_action
    constant = "override" if action is None else action.constant
    if constant is not None and constant not in ACTIONS:
        site.refuse(f"exists-action is '{constant}'; it can be {', '.join(ACTIONS)}")
    if constant not in ("delete", None) and not values:
        site.refuse("needs a <value>, or exists-action='delete'")
    onto_request = site.section in (Section.INBOUND, Section.BACKEND)
    name = settings.name.constant

    def run(exchange: Exchange) -> None:
        field = field_name(settings.name.text(exchange))
        what = constant or action.text(exchange)  # type: ignore[union-attr] # one is set
        texts = [clean(source.text(exchange)) for source in values]
        change(exchange, field, what, texts, onto_request=onto_request)

    work: Run = run
    if name is not None and constant == "override" and len(values) == 1:
        work = _plain(name.strip().encode("latin-1"), values[0], onto_request) or run
    return Step(
        work,
        reads_request_body=any(source.reads_request_body for source in sources),
        reads_response_body=any(source.reads_response_body for source in sources),
    )


def _plain(name: bytes, value: Source, onto_request: bool) -> Run | None:
    """Override one field with one value: the common case."""
    lower = name.lower()
    if lower in FRAMING or lower == b"host":
        return None
    constant = None if value.constant is None else clean(value.constant)

    def run(exchange: Exchange) -> None:
        text = clean(value.text(exchange)) if constant is None else constant
        message = message_of(exchange, request=onto_request)
        if message is not None:
            message.headers.set(name, text)

    return run


def field_name(text: str) -> bytes:
    """`text` as the name of a field; what is none could begin another field."""
    name = text.strip()
    if not FIELD_NAME.fullmatch(name):
        message = f"'{name[:80]}' is not the name of a header."
        raise StepFailure("set-header", "InvalidHeaderName", message)
    return name.encode()


def clean(text: str) -> bytes:
    """`text` as a field value: no line breaks, which would begin another field."""
    if "\r" in text or "\n" in text or "\0" in text:
        text = " ".join(text.replace("\0", "").split())
    return text.strip().encode("utf-8" if not text.isascii() else "ascii")


def change(
    exchange: Exchange,
    name: bytes,
    action: str,
    values: list[bytes],
    *,
    onto_request: bool,
) -> None:
    """Apply one action to the message of this section."""
    lower = name.lower()
    message = message_of(exchange, request=onto_request)
    if message is None or lower in FRAMING:
        return
    if lower == b"host" and onto_request:
        if action != "delete" and values:
            exchange.request.host_override = values[0]
        return
    apply(message.headers, name, action, values)


def apply(headers: Headers, name: bytes, action: str, values: list[bytes]) -> None:
    """Apply one action to header fields."""
    lower = name.lower()
    if action == "delete":
        headers.delete(name)
    elif action == "override":
        headers.set(name, *_joined(lower, values))
    elif action == "append":
        _append(headers, name, lower, values)
    elif name not in headers:
        headers.set(name, *_joined(lower, values))


def _joined(lower: bytes, values: list[bytes]) -> list[bytes]:
    return values if lower in SEPARATE else [b",".join(values)]


def _append(headers: Headers, name: bytes, lower: bytes, values: list[bytes]) -> None:
    if lower in SEPARATE:
        for value in values:
            headers.append(name, value)
    else:
        headers.set(name, b",".join([*headers.values(name), *values]))
