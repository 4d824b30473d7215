"""Bodies as policies that transform them see them: whole and uncompressed."""

import codecs
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from bramka.domain.traffic.exchange import Body, Exchange, Headers
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import Site
from bramka.domain.traffic.step import Awaiting, Outcome, StepFailure

T = TypeVar("T")

MOST_INFLATED = 64 * 1024 * 1024
LARGE, LARGE_CODED = 16 * 1024, 1024
"""Bytes from which on a body is worked on apart, so that no other call waits for it."""


class Message(Protocol):
    """A request or a response."""

    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> Body: ...


def is_request(site: Site) -> bool:
    """Whether policies at this site change the request, not the response."""
    return site.section in (Section.INBOUND, Section.BACKEND)


def message_of(exchange: Exchange, *, request: bool) -> Message | None:
    """The message that policies of this site change."""
    return exchange.request if request else exchange.draft or exchange.response


def content_of(message: Message) -> bytes:
    """The body without its content coding; StepFailure when that is unknown."""
    return coded(message).plain()


class Coded(NamedTuple):
    """A body as it came."""

    content: bytes
    coding: str

    @property
    def is_large(self) -> bool:
        most = LARGE if self.coding in ("", "identity") else LARGE_CODED
        return len(self.content) > most

    def plain(self) -> bytes:
        """Without its content coding; StepFailure when that is unknown."""
        return _decoded(*self)


def coded(message: Message) -> Coded:
    coding = (message.headers.joined(b"content-encoding") or "").strip().lower()
    return Coded(message.body.content or b"", coding)


def work_on(
    site: Site,
    body: Coded,
    finish: Callable[[T], Outcome],
    work: Callable[..., T],
    *given: object,
) -> Outcome | Awaiting:
    """Finish with what `work` makes of the body; of a large one it does so apart."""
    if not body.is_large:
        return finish(work(body, *given))

    async def wait() -> Outcome:
        return finish(await site.apart(work, body, *given))

    return wait()


def _decoded(content: bytes, coding: str) -> bytes:
    if not content or coding in ("", "identity"):
        return content
    if coding not in ("gzip", "x-gzip", "deflate"):
        text = f"The body has the content coding '{coding}', which cannot be undone."
        raise StepFailure("", "UnsupportedContentEncoding", text)
    inflater = zlib.decompressobj(wbits=47 if coding != "deflate" else 15)
    try:
        plain = inflater.decompress(content, MOST_INFLATED)
    except zlib.error as error:
        text = f"The body is not the {coding} it says it is: {error}."
        raise StepFailure("", "InvalidContentEncoding", text) from None
    if inflater.unconsumed_tail:
        text = f"The body is longer than {MOST_INFLATED} bytes uncompressed."
        raise StepFailure("", "BodyTooLarge", text)
    return plain


def replace_content(
    message: Message, content: bytes, content_type: bytes | None = None
) -> None:
    """Give the message another body, which is not encoded."""
    message.body.replace(content)
    message.headers.delete(b"content-encoding")
    if content_type is not None:
        message.headers.set(b"Content-Type", content_type)


def media_type(message: Message) -> str:
    """The content type without parameters, in lower case."""
    return (message.headers.joined(b"content-type") or "").split(";")[0].strip().lower()


def charset(message: Message) -> str:
    """The charset of the content type; utf-8 when it names none we know."""
    given = message.headers.joined(b"content-type") or ""
    for part in given.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            try:
                return codecs.lookup(value.strip(" \"'")).name
            except LookupError:
                break
    return "utf-8"
