"""The record that diagnostics tell of a call; its fields are named as Azure names them.

Credentials are masked whatever the diagnostic says.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bramka.domain.traffic.diagnostic import FAILED, Diagnostic, Mask, Message, Side
from bramka.domain.traffic.exchange import Ended, Exchange, Headers, Response
from bramka.domain.traffic.message import decoded
from bramka.gateway.masking import MASK, is_secret_field, without_credentials
from bramka.gateway.request_log import cache_use

MOST_SAID = 100
"""Lines of trace policies that are kept of one call."""

Told = dict[str, Any]


class CallRecord:
    """What is noted of one call while it goes on."""

    __slots__ = (
        "_answer",
        "_diagnostics",
        "_kept",
        "_most",
        "answer_headers",
        "correlation",
        "drawn",
        "request_body",
        "said_lines",
    )

    def __init__(self, diagnostics: Sequence[Diagnostic], drawn: Sequence[bool]):
        self._diagnostics = diagnostics
        self.drawn = drawn
        """For each diagnostic, whether the call is in its sample."""
        self.request_body = b""
        self.answer_headers: Headers | None = None
        """As the backend sent them."""
        self.correlation: dict[str, str] = {}
        self.said_lines: list[tuple[str, Told]] = []
        self._answer: list[bytes] = []
        self._kept = self._most = 0

    # --- what the gateway and policies ask and tell ---

    @property
    def shows_address(self) -> bool:
        return any(one.log_client_ip for one in self._diagnostics)

    def admits(self, status: int) -> bool:
        return any(
            one.logs(status, drawn=drawn)
            for one, drawn in zip(self._diagnostics, self.drawn, strict=True)
        )

    def said(self, severity: str, source: str, details: Mapping[str, str]) -> None:
        if len(self.said_lines) < MOST_SAID:
            line = {"severity": severity, "source": source, **details}
            self.said_lines.append((severity, line))

    def hear(self, most: int) -> Callable[[bytes], None] | None:
        """Takes the first bytes of the answer's body as they pass."""
        self._most = most
        return self._hear if most else None

    def _hear(self, data: bytes) -> None:
        left = self._most - self._kept
        if left > 0:
            self._answer.append(data[:left])
            self._kept += min(left, len(data))

    def take_answer(self, response: Response) -> None:
        """The backend's answer, before policies change it."""
        if self.answer_headers is None:
            self.answer_headers = Headers(list(response.headers.raw))
            if self._most and response.body.content:
                self._hear(response.body.content)

    def answer_body(self) -> bytes:
        return b"".join(self._answer)


def record_of(
    exchange: Exchange, diagnostic: Diagnostic, record: CallRecord, ended: Ended
) -> Told:
    """What one diagnostic tells of a call that is over."""
    moment = datetime.fromtimestamp(exchange.timestamp, UTC)
    told: Told = {
        "time": moment.isoformat(timespec="milliseconds"),
        "category": "GatewayLogs",
        "level": "error" if ended.status >= FAILED else "information",
        "correlationId": exchange.request_id,
        **record.correlation,
        **_named(exchange, diagnostic),
        "method": exchange.request.method,
        "url": _url(exchange, diagnostic),
        "responseCode": ended.status,
        "isRequestSuccess": ended.status < FAILED,
        "cache": cache_use(exchange),
        "requestSize": exchange.request_size,
        "responseSize": exchange.response_size,
        "totalTime": round(ended.micros / 1000, 3),
    }
    if ended.backend_micros >= 0:
        told["backendResponseCode"] = ended.backend_status
        told["backendTime"] = round(ended.backend_micros / 1000, 3)
    if diagnostic.log_client_ip:
        told["callerIpAddress"] = exchange.request.ip_address
    error = exchange.last_error
    if error is not None:
        told["lastErrorSource"] = error.source
        told["lastErrorReason"] = error.reason
        told["lastErrorMessage"] = without_credentials(error.message)
    lines = [line for severity, line in record.said_lines if diagnostic.hears(severity)]
    if lines:
        told["traceRecords"] = lines
    reached = ended.backend_micros >= 0
    return told | _messages(exchange, diagnostic, record, reached=reached)


def _named(exchange: Exchange, diagnostic: Diagnostic) -> Told:
    found: Told = {}
    if exchange.api is not None:
        found["apiId"] = exchange.api.id.partition(";rev=")[0]
        found["apiRevision"] = exchange.api.api_revision
    if exchange.operation is not None and exchange.api is not None:
        found["operationId"] = exchange.operation.id
        url = f"{exchange.request.method} {exchange.request.path}"
        name = f"{exchange.api.display_name} - {exchange.operation.display_name}"
        by_url = diagnostic.operation_name_format == "Url"
        found["operationName"] = url if by_url else name
    for name, noun in (
        ("productId", exchange.product),
        ("apimSubscriptionId", exchange.subscription),
        ("userId", exchange.user),
    ):
        if noun is not None:
            found[name] = noun.id
    if exchange.backend_id is not None:
        found["backendId"] = exchange.backend_id
    return found


def _url(exchange: Exchange, diagnostic: Diagnostic) -> str:
    """The address as it was called, without what is hidden."""
    request = exchange.request
    base = f"{request.scheme}://{request.host}{request.path}"
    hidden = {one.value: one.mode for one in _masks(diagnostic, in_query=True)}
    if exchange.api is not None:
        hidden[exchange.api.subscription_key_parameter_names.query] = "Mask"
    parts = []
    for part in request.query.split("&") if request.query else ():
        mode = hidden.get(decoded(part.partition("=")[0]))
        if mode != "Hide":
            parts.append(part if mode is None else f"{part.partition('=')[0]}={MASK}")
    return without_credentials(f"{base}?{'&'.join(parts)}" if parts else base)


def _masks(diagnostic: Diagnostic, *, in_query: bool) -> Iterable[Mask]:
    for side in (diagnostic.frontend, diagnostic.backend):
        for message in (side.request, side.response) if side is not None else ():
            masking = None if message is None else message.data_masking
            if masking is not None:
                yield from masking.query_params if in_query else masking.headers


def _messages(
    exchange: Exchange, diagnostic: Diagnostic, record: CallRecord, *, reached: bool
) -> Told:
    request, response = exchange.request, exchange.response
    came = Headers([(one.name, one.value) for one in request.fields])
    front = diagnostic.frontend or Side()
    back = (diagnostic.backend if reached else None) or Side()
    sent_body = answer_body = None
    if request.made_body is not None:
        sent_body = request.made_body.content
    if response is not None:
        answer_body = response.body.content
    heard = record.answer_body()
    told = _message("request", front.request, came, record.request_body, exchange)
    told |= _message(
        "backendRequest",
        back.request,
        request.made_headers or came,
        sent_body or record.request_body,
        exchange,
    )
    answered = Headers() if response is None else response.headers
    told |= _message(
        "response", front.response, answered, answer_body or heard, exchange
    )
    return told | _message(
        "backendResponse",
        back.response,
        record.answer_headers or Headers(),
        heard,
        exchange,
    )


def _message(
    name: str, wanted: Message | None, headers: Headers, body: bytes, exchange: Exchange
) -> Told:
    if wanted is None:
        return {}
    told: Told = {}
    shown = _headers(wanted, headers, exchange)
    if shown:
        told[f"{name}Headers"] = shown
    if wanted.body is not None and wanted.body.bytes and body:
        told[f"{name}Body"] = body[: wanted.body.bytes].decode("utf-8", "replace")
    return told


def _headers(wanted: Message, headers: Headers, exchange: Exchange) -> dict[str, str]:
    masks = wanted.data_masking.headers if wanted.data_masking is not None else ()
    modes = {one.value.lower(): one.mode for one in masks}
    if exchange.api is not None:
        key = exchange.api.subscription_key_parameter_names.header.lower()
        modes.setdefault(key, "Mask")
    shown: dict[str, str] = {}
    for name in wanted.headers:
        value = headers.joined(name.encode("latin-1", "replace"))
        mode = modes.get(name.lower())
        if value is None or mode == "Hide":
            continue
        secret = mode == "Mask" or is_secret_field(name)
        shown[name] = MASK if secret else without_credentials(value)
    return shown
