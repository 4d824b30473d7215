"""An exchange: one call and its answer, as policies see and change it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from bramka.domain.traffic.address import Address, Base
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.cache import CachePlace
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.message import (
    Body,
    Headers,
    RawHeaders,
    Url,
    split_host,
)
from bramka.domain.traffic.onlookers import Logged, Trace, Watched
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.request import Request
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import User

__all__ = [
    "Address",
    "Base",
    "Body",
    "CachedResponse",
    "CallNumber",
    "Ended",
    "Exchange",
    "FailedAt",
    "Headers",
    "LastError",
    "Logged",
    "RawHeaders",
    "Request",
    "Response",
    "Trace",
    "Url",
    "Watched",
    "split_host",
]


class FailedAt(StrEnum):
    """Where a call failed; kept for reports and logs."""

    NOWHERE = ""
    ROUTING = "routing"
    ACCESS = "access"
    INBOUND = "inbound"
    BACKEND_CONNECT = "backend-connect"
    BACKEND_TIMEOUT = "backend-timeout"
    BACKEND_RESPONSE = "backend-response"
    OUTBOUND = "outbound"
    CLIENT = "client"


CallNumber = tuple[str, int]
"""A process's random beginning of GUIDs, and the number of the call within it."""


class Response:
    """An answer: the backend's, or one that a policy or the gateway gives itself.

    A step that returns a Response ends its section. With `error` set, the on-error
    section runs before it is sent.
    """

    __slots__ = ("body", "error", "headers", "reason", "status")

    is_cached = False
    """It comes from the cache: what stands behind cache-store still runs."""

    def __init__(
        self,
        status: int,
        reason: str = "",
        headers: Headers | None = None,
        body: bytes | None = b"",
        error: "LastError | None" = None,
    ) -> None:
        self.status = status
        self.reason = reason
        self.headers = Headers() if headers is None else headers
        self.body = Body(body)
        self.error = error

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.reason}>"


class CachedResponse(Response):
    """An answer that was kept."""

    __slots__ = ()

    is_cached = True


class LastError:
    """What went wrong last, as `context.LastError` tells it."""

    __slots__ = ("message", "path", "policy_id", "reason", "scope", "section", "source")

    def __init__(self, source: str, reason: str, message: str) -> None:
        self.source = source
        self.reason = reason
        self.message = message
        self.scope: Scope | None = None
        self.section: Section | None = None
        self.path = ""
        self.policy_id = ""


class Ended(NamedTuple):
    """What came of a call."""

    status: int
    backend_status: int
    micros: int
    backend_micros: int
    """-1 when the backend was not reached."""


class Exchange:
    """One call on its way through the gateway.

    Most attributes are class-level defaults, set only where they differ.
    """

    api: Api | None = None
    operation: Operation | None = None
    product: Product | None = None
    subscription: Subscription | None = None
    subscription_key: str | None = None
    user: User | None = None
    response: Response | None = None
    draft: Response | None = None
    """The answer that a policy is writing; expressions still see `response`."""
    last_error: LastError | None = None
    failed_at = FailedAt.NOWHERE
    section = Section.INBOUND
    backend_id: str | None = None
    """The backend that set-backend-service chose by id."""
    backend_url: str | None = None
    """Where set-backend-service points; None = the API's own service URL."""
    afterwards: "list[Callable[[Exchange], None]] | None" = None
    """What policies do once the answer is sent and its size is known."""
    watches_answer = False
    """A policy needs `response`, with status and fields, in what it does afterwards."""
    tap: "Callable[[bytes], None] | None" = None
    """Is shown every piece of the answer's body on its way; see `watch`."""
    dialling: Dialling | None = None
    """How to reach the backend, where policies want another than the usual way."""
    cache_place: "CachePlace | None" = None
    """Where cache-lookup looked in vain, for cache-store to keep the answer."""
    counted: set[str] | None = None
    """What this call was counted for already, so that it is so only once per key."""
    answer_headers: RawHeaders | None = None
    """Fields that go onto the answer whoever gives it."""
    request_size = 0
    response_size = 0
    """Bytes of the bodies, known once they have passed."""
    hears_answer: "Callable[[Exchange], None] | None" = None
    """What a policy does once the backend's answer is here whole, before outbound."""
    trace: Trace | None = None
    """Takes down what happens when this call is traced, else None."""
    logged: Logged | None = None
    """What diagnostics want of this call, if there are any for it."""
    ended: Ended | None = None
    """What came of it; known to what is done afterwards."""
    state: Any = None
    """The gateway's own notes on this exchange; policies leave them alone."""
    _variables: dict[str, Any] | None = None

    def __init__(
        self, request: Request, number: "CallNumber", started: float, timestamp: float
    ) -> None:
        self.request = request
        self._number = number
        self.started = started
        """The moment when the call came in, on the monotonic clock."""
        self.timestamp = timestamp
        """The same in seconds since 1970 UTC."""

    @property
    def request_id(self) -> str:
        """GUID in the usual form with hyphens."""
        prefix, number = self._number
        return f"{prefix}{number:012x}"

    @property
    def variables(self) -> dict[str, Any]:
        """What policies keep for each other."""
        if self._variables is None:
            self._variables = {}
        return self._variables

    def answer_header(self, name: bytes, value: bytes) -> None:
        """Have a field on the answer, replacing one of the same name set so before."""
        fields = self.answer_headers or []
        kept = [item for item in fields if item[0].lower() != name.lower()]
        self.answer_headers = [*kept, (name, value)]

    def watch(self, tap: "Callable[[bytes], None] | None" = None) -> None:
        """Have `response` known afterwards, and every piece of its body shown."""
        self.watches_answer = True
        first = self.tap
        if tap is None or first is None:
            self.tap = tap or first
            return
        second = tap

        def both(data: bytes) -> None:
            first(data)
            second(data)

        self.tap = both

    def after(self, work: "Callable[[Exchange], None]") -> None:
        """Have `work` done once the answer is sent and the sizes are known."""
        if self.afterwards is None:
            self.afterwards = []
        self.afterwards.append(work)
