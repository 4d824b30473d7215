"""One request and its answer on a connection, and what the connection belongs to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from bramka.wire.fields import Fields
from bramka.wire.plain_heads import RequestHead

if TYPE_CHECKING:
    from bramka.wire.connection import Connection


class Limits(Struct, frozen=True, kw_only=True):
    """How much and how long; sizes in bytes, times in seconds."""

    head_bytes: int = 64 * 1024
    body_bytes: int = 1024 * 1024 * 1024
    head_seconds: float = 30.0
    body_seconds: float = 60.0
    """Longest pause within a body."""
    idle_seconds: float = 75.0
    write_seconds: float = 60.0
    """Longest time a client may take to read what is waiting for it."""
    half_closed_seconds: float = 10.0
    """How long a client that sends no more is still answered; hardly any but those that
    hung up send no more before they have the answer."""
    connect_seconds: float = 30.0
    """Longest time in which a connection to a backend is made."""
    backend_idle_seconds: float = 300.0
    """Longest pause within a backend's answer."""
    tunnels: int = 5_000
    """WebSocket connections at a time."""
    tunnel_idle_seconds: float = 300.0
    """Longest time in which nothing passes through one."""
    backlog: int = 2048


class Owner(Protocol):
    """What a connection needs of the server it belongs to."""

    limits: Limits
    connections: "set[Link]"
    heads: dict[bytes, RequestHead]
    """Plain heads read before."""
    now: float
    """The monotonic clock, to the second: time-outs need no more."""
    stopping: bool

    @property
    def make_call(self) -> "Callable[[Connection], Call]":
        """Makes a new call, for the request that begins to arrive."""

    def keep_head(self, text: bytes, head: RequestHead) -> None:
        """Keep a head for the next time it comes."""

    def refusal(self, status: int, message: str) -> bytes:
        """The bytes of a refusal that also closes the connection."""


class Link(Protocol):
    """A connection as its server sees it."""

    def tick(self, now: float) -> None:
        """Enforce the time-outs; called about once a second."""

    def wind_down(self) -> None:
        """Close as soon as nothing is in progress: the server stops."""

    def abort(self) -> None:
        """Cut at once."""


class Call:
    """One request and its answer; subclasses override the four events.

    Most attributes are class-level defaults, set on a call only when they differ: a
    call is made for every request, and most requests are plain.
    """

    method = b""
    """Empty until the head is complete."""
    target = b""
    fields: Fields
    """Set by whoever reads the head."""
    minor = 1
    """Minor version of HTTP/1 that the client speaks."""
    keep_alive = True
    head: RequestHead | None = None
    """The head as it was read and kept; only plain requests have one."""
    body: bytes | None = None
    """The whole body, if it came with the head: no `received` or `ended` follow."""
    request_ended = False
    answered = False
    """The answer is complete."""
    drained = 0
    stash: list[bytes] | None = None
    """Body that arrived while the call had to wait; None = it need not wait."""
    expects_continue = False
    trailers: Fields | None = None
    begun = False
    """Something of the answer was sent, so no other answer can take its place."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection

    # --- events, to be overridden ---

    def started(self) -> None:
        """The head is complete, and with `body` set the whole request."""

    def received(self, data: bytes) -> None:
        """A piece of the body arrived."""

    def ended(self) -> None:
        """The body is complete."""

    def lost(self) -> None:
        """The connection broke before the answer was complete."""

    def pause(self) -> None:
        """The client reads slower than the answer comes: stop sending."""

    def resume(self) -> None:
        """The client caught up."""

    def tick(self, now: float) -> None:
        """About once a second while the call is being answered."""

    # --- what the answering side does ---

    def want_body(self) -> None:
        """Tell a client that waits for it (Expect: 100-continue) to send the body."""
        if self.expects_continue and not self.request_ended and self.minor:
            self.expects_continue = False
            self.connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def send(self, data: bytes) -> None:
        """Send a piece of the answer as it is, head or body."""
        self.begun = True
        self.connection.write(data)

    def finish(self) -> None:
        """The answer is complete; the next call may be answered."""
        self.answered = True
        self.connection.advance(self)

    def abort(self) -> None:
        """Cut the connection: the answer cannot be completed."""
        self.answered = True
        self.connection.abort()
