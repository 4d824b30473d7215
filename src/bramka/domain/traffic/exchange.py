"""An exchange: one call and its answer, as policies see and change it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.cache import CachePlace
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.message import (
    Address,
    Base,
    Body,
    Headers,
    NameAndValue,
    RawHeaders,
    Url,
    decoded,
    split_host,
)
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.product import Product
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


class Request:
    """The call: what came in and, as policies change it, what goes on.

    Most attributes are class-level defaults, set only where they differ: a request is
    made for every call, and most calls change little of it.
    """

    matched_parameters: Mapping[str, str] = MappingProxyType({})
    """Values of the template's parameters, decoded."""
    host_override: bytes | None = None
    """The Host that a policy wants sent, instead of the backend's."""
    shown_certificate: "Callable[[], Any] | None" = None
    """Gives the certificate that the caller showed; None when it showed none."""
    base: Base | None = None
    """The backend the API points to."""
    rest = ""
    """The path behind the API's own, with a slash in front, as received."""
    key_query = ""
    """Name of the query parameter that held the subscription key, if it is to go."""
    made_body: Body | None = None
    """`body` once a policy has looked at it, and so perhaps changed it."""
    made_headers: Headers | None = None
    """`headers` once a policy has looked at them."""
    made_url: Url | None = None
    """`url` once a policy has looked at it."""
    _original_url: Url | None = None

    def __init__(
        self,
        method: str,
        scheme: str,
        host: str,
        path: str,
        query: str,
        fields: Sequence[NameAndValue],
        ip_address: str,
    ) -> None:
        self.method = method
        self.scheme = scheme
        self.host = host
        """Host header as received, with its port if it had one."""
        self.path = path
        self.query = query
        self.fields = fields
        """The fields as received, the subscription key among them."""
        self.ip_address = ip_address

    @property
    def headers(self) -> Headers:
        """The fields as policies see and change them: made at first use."""
        if self.made_headers is None:
            self.made_headers = Headers([(one.name, one.value) for one in self.fields])
        return self.made_headers

    @property
    def body(self) -> Body:
        if self.made_body is None:
            self.made_body = Body()
        return self.made_body

    @property
    def certificate(self) -> Any:
        """The caller's certificate, taken apart at first use; None without one."""
        return None if self.shown_certificate is None else self.shown_certificate()

    @property
    def body_is_known(self) -> bool:
        """Whether the body was read, or a policy made one."""
        return self.made_body is not None and self.made_body.content is not None

    @property
    def original_url(self) -> Url:
        """The URL as the caller sent it."""
        if self._original_url is None:
            host, port = split_host(self.host)
            self._original_url = Url(self.scheme, host, port, self.path, self.query)
        return self._original_url

    @property
    def url(self) -> Url:
        """The URL at the backend: made at first use, may be changed."""
        if self.made_url is None:
            self.made_url = self._url_at_base()
        return self.made_url

    def set_url(self, url: Url) -> None:
        self.made_url = url

    def move_to(self, base: Base) -> None:
        """Point the URL at another backend; what stands behind its path stays."""
        before, self.base = self.base, base
        made = self.made_url
        if made is not None:
            own = "" if before is None else before.path
            made.scheme, made.host, made.port = _origin(base)
            made.path = base.path + made.path.removeprefix(own)

    def query_without_key(self) -> str:
        """The query as it goes on to the backend."""
        name = self.key_query
        if not name:
            return self.query
        parts = self.query.split("&")
        kept = [part for part in parts if decoded(part.partition("=")[0]) != name]
        return "&".join(kept)

    def _url_at_base(self) -> Url:
        base = self.base
        if base is None:
            return self.original_url.copy()
        path = base.path + self.rest
        return Url(*_origin(base), path, self.query_without_key())


def _origin(base: Base) -> tuple[str, str, int | None]:
    """Scheme, host, and port where it is not the usual one."""
    usual = 443 if base.scheme == "https" else 80
    return base.scheme, base.host, None if base.port == usual else base.port


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


class Trace(Protocol):
    """Takes down what happens to a call that may be traced."""

    def __call__(self, source: str, details: Mapping[str, object]) -> None:
        """Something happened at `source`."""

    def watch(self, place: Any) -> AbstractContextManager["Watched"]:
        """Takes down what the step at `place` does while this is open."""

    def sent(self, head: bytes, address: str) -> None:
        """The request with this head goes to the backend."""

    def answered(self, response: Response) -> None:
        """The head of the backend's answer is here."""


class Watched:
    """What came of a step that is watched."""

    outcome: Response | None = None


class Ended(NamedTuple):
    """What came of a call."""

    status: int
    backend_status: int
    micros: int
    backend_micros: int
    """-1 when the backend was not reached."""


class Logged(Protocol):
    """What diagnostics want of a call."""

    @property
    def shows_address(self) -> bool:
        """Whether it is told where the caller is."""

    def admits(self, status: int) -> bool:
        """Whether the call is logged, having ended so."""

    def said(self, severity: str, source: str, details: Mapping[str, str]) -> None:
        """A trace policy said something."""


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
