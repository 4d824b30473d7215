"""Traces of calls: taken down while a call goes on, kept until console has them.

A call that is traced takes the way of `detour.py`, whose rows are watched step by
step; the direct way knows nothing of traces.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from msgspec import json

from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.exchange import (
    Exchange,
    FailedAt,
    Request,
    Response,
    Watched,
)
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import StepFailure, StepPlace
from bramka.domain.traffic.trace import MOST_KEPT, Trace, TraceEntry
from bramka.gateway.masking import Masking

MOST_BYTES = 256 * 1024
"""What a trace may take; what comes then is only counted."""
TRACES_PER_BATCH = 20
INSPECTOR = "api-inspector"
Data = dict[str, Any]


class Recorder:
    """Takes down one call; see `exchange.Trace`."""

    def __init__(
        self, exchange: Exchange, configuration: Configuration, now: Callable[[], float]
    ) -> None:
        self._exchange = exchange
        self._now = now
        self._masking = Masking(configuration, exchange)
        self._entries: dict[str, list[TraceEntry]] = {
            section.value: [] for section in Section
        }
        self._size = 0
        self._left_out = 0
        self._begin(exchange)

    def _begin(self, exchange: Exchange) -> None:
        self._add(INSPECTOR, {"request": self._asked(exchange.request)})
        self._add(INSPECTOR, {"configuration": self._matched(exchange)})

    # --- what policies and the engine tell ---

    def __call__(self, source: str, details: Mapping[str, object]) -> None:
        self._add(source, self._masking.value(dict(details)))

    @contextmanager
    def watch(self, place: StepPlace | None) -> Iterator[Watched]:
        """Take down what one step decides and changes."""
        exchange, watched = self._exchange, Watched()
        before, began = self._look(), self._now()
        section = exchange.section
        # It begins before what stands inside of it, and so is listed.
        spot = len(self._entries[section.value])
        failure: Exception | None = None
        try:
            yield watched
        except Exception as error:
            failure = error
            raise
        finally:
            data: Data = self._placed(place)
            data["decision"] = _decision(watched.outcome, failure)
            data["duration"] = _span(self._now() - began)
            data |= _changes(before, self._look())
            source = place.policy if place is not None else "policy"
            self._add(source, self._masking.value(data), section, spot, began)

    def sent(self, head: bytes, address: str) -> None:
        head, _, _ = head.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        pairs = [field.partition(": ")[::2] for field in fields]
        told: Data = {"method": line.partition(" ")[0], "url": self._mask(address)}
        told["headers"] = [self._masking.field(*pair) for pair in pairs]
        self._add("forward-request", {"request": told})

    def answered(self, response: Response) -> None:
        self._add("forward-request", {"response": self._given(response)})

    def document(self, gateway: str, door: str, trace_id: str) -> Trace:
        """The trace once the call is over."""
        exchange = self._exchange
        response = exchange.response
        end: Data = {"message": "The answer was sent to the caller."}
        if exchange.failed_at is FailedAt.CLIENT:
            end["message"] = "The caller hung up."
        end["bytes"] = exchange.response_size
        if response is not None:
            end["response"] = self._given(response)
        if self._left_out:
            end["entriesLeftOut"] = self._left_out
        last = exchange.section
        if last is not Section.ON_ERROR:
            last = Section.OUTBOUND
        self._size = 0
        self._add("transfer-response", end, last)
        api = "" if exchange.api is None else exchange.api.id
        return Trace(
            trace_id=trace_id,
            gateway=gateway,
            api=api.partition(";rev=")[0],
            trace_entries=self._entries,
            door=door,
        )

    # --- how it is written ---

    def _add(
        self,
        source: str,
        data: Data,
        section: Section | None = None,
        spot: int | None = None,
        began: float | None = None,
    ) -> None:
        self._size += len(json.encode(data))
        if self._size > MOST_BYTES:
            self._left_out += 1
            return
        exchange = self._exchange
        elapsed = (self._now() if began is None else began) - exchange.started
        entry = TraceEntry(
            source=self._mask(source),
            timestamp=_moment(exchange.timestamp + elapsed),
            elapsed=_span(elapsed),
            data=data,
        )
        entries = self._entries[(section or exchange.section).value]
        entries.insert(len(entries) if spot is None else spot, entry)

    def _mask(self, text: str) -> str:
        return self._masking.text(text)

    def _asked(self, request: Request) -> Data:
        fields = [
            self._masking.field(one.name.decode("latin-1"), one.value.decode("latin-1"))
            for one in request.fields
        ]
        url = self._mask(str(request.original_url))
        return {"method": request.method, "url": url, "headers": fields}

    def _matched(self, exchange: Exchange) -> Data:
        api, operation = exchange.api, exchange.operation
        told: Data = {}
        if api is not None:
            told["api"] = {
                "from": f"/{api.path.strip('/')}",
                "to": self._mask(api.service_url or ""),
                "version": api.api_version,
                "revision": api.api_revision,
            }
        if operation is not None:
            template = operation.url_template
            told["operation"] = {"method": operation.method, "uriTemplate": template}
        product, user, held = exchange.product, exchange.user, exchange.subscription
        told["product"] = "-" if product is None else product.id
        told["subscription"] = "-" if held is None else held.id
        told["user"] = "-" if user is None else {"id": user.id, "groups": user.groups}
        told["matchedParameters"] = self._masking.value(
            dict(exchange.request.matched_parameters)
        )
        return told

    def _given(self, response: Response) -> Data:
        fields = [
            self._masking.field(name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        ]
        status = {"code": response.status, "reason": response.reason}
        return {"status": status, "headers": fields}

    def _placed(self, place: StepPlace | None) -> Data:
        if place is None:
            return {}
        told: Data = {"path": place.path, "scope": place.scope.value}
        return {**told, "id": place.policy_id} if place.policy_id else told

    def _look(self) -> Data:
        """What policies may change, as it is now."""
        exchange = self._exchange
        request, response = exchange.request, exchange.response
        masking = self._masking
        seen: Data = {
            "variables": masking.value(dict(exchange.variables)),
            "request": {
                "method": request.method,
                "url": self._mask(str(request.made_url or request.original_url)),
                "headers": self._fields(
                    request.made_headers or ((f.name, f.value) for f in request.fields)
                ),
            },
            "backend": self._mask(exchange.backend_id or exchange.backend_url or ""),
        }
        if response is not None:
            seen["response"] = {
                "status": response.status,
                "reason": response.reason,
                "headers": self._fields(response.headers),
            }
        return seen

    def _fields(self, pairs: Any) -> list[str]:
        shown = []
        for name, value in pairs:
            text = self._masking.field(name.decode("latin-1"), value.decode("latin-1"))
            shown.append(f"{text['name']}: {text['value']}")
        return shown


def _decision(outcome: Response | None, failure: Exception | None) -> str:
    if isinstance(failure, StepFailure):
        return f"failed: {failure.reason}: {failure.message}"
    if failure is not None:
        return "failed unexpectedly; the log of the gateway tells why"
    if outcome is None:
        return "go on"
    told = f"answer {outcome.status}"
    if outcome.error is None:
        return told
    return f"{told}: {outcome.error.reason}: {outcome.error.message}"


def _changes(before: Data, after: Data) -> Data:
    """Variables before and after, and of the rest only what is new."""
    told: Data = {
        "variables": {"before": before["variables"], "after": after["variables"]}
    }
    for part in ("request", "response"):
        old, new = before.get(part, {}), after.get(part, {})
        changed: Data = {
            name: value
            for name, value in new.items()
            if name != "headers" and value != old.get(name)
        }
        added = [
            one for one in new.get("headers", ()) if one not in old.get("headers", ())
        ]
        gone = [
            one for one in old.get("headers", ()) if one not in new.get("headers", ())
        ]
        changed |= {"headersSet": added} if added else {}
        changed |= {"headersRemoved": gone} if gone else {}
        if changed:
            told[part] = changed
    if before["backend"] != after["backend"]:
        told["backend"] = after["backend"]
    return told


def _moment(seconds: float) -> str:
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text}0Z"


def _span(seconds: float) -> str:
    """A duration as a TimeSpan is written, with ticks of 100 ns."""
    ticks = max(0, round(seconds * 1e7))
    whole, part = divmod(ticks, 10_000_000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{part:07}"


class Traces:
    """Traces of calls that are over and console does not have yet."""

    def __init__(self) -> None:
        self.waiting: deque[Trace] = deque(maxlen=MOST_KEPT)

    def keep(self, trace: Trace) -> None:
        self.waiting.append(trace)

    def batches(self) -> Iterator[Sequence[Trace]]:
        """What waits, a few at a time; what is taken waits no longer."""
        while self.waiting:
            few = min(TRACES_PER_BATCH, len(self.waiting))
            yield tuple(self.waiting.popleft() for _ in range(few))

    def put_back(self, traces: Sequence[Trace]) -> None:
        """Console did not take these; those that came meanwhile are newer."""
        room = MOST_KEPT - len(self.waiting)
        self.waiting.extendleft(reversed(traces[-room:] if room else ()))

    def __repr__(self) -> str:
        return f"<Traces: {len(self.waiting)} waiting>"
