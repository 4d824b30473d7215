"""Diagnostics: what is logged of calls, decided while a plan is made.

An API with diagnostics gets a step in front of its rows, which draws the sample and
has the record written once the answer is sent. APIs without any run as before.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec import json

from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.diagnostic import Diagnostic, Logger, Message, in_force
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.log_delivery import has_address, webhook
from bramka.domain.traffic.step import Row, Run
from bramka.gateway.diagnostic_record import CallRecord, record_of
from bramka.gateway.plan import Rows
from bramka.gateway.workshop import Workshop

log = logging.getLogger(__name__)

FILE_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
LEGACY_PARENT = re.compile(r"\|?([\w-]{1,64})(\.[\w.-]{0,400})?")

Deliver = Callable[[Exchange, bytes], None]


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnostic in force, and the logger it tells."""

    diagnostic: Diagnostic
    deliver: Deliver | None
    """None when it is for the request log only."""


def diagnosis_of(
    configuration: Configuration, workshop: Workshop, api: str
) -> "Diagnosis | None":
    """What is done about the calls of an API, or those that reach none; mostly None."""
    if not configuration.diagnostics:
        return None
    found = in_force(configuration.diagnostics.values(), api)
    told = [
        Told(one, _delivery(configuration.loggers.get(one.logger_id), workshop))
        for one in found
    ]
    return Diagnosis(told, workshop) if told else None


class Diagnosis:
    """The diagnostics in force for one API."""

    def __init__(self, told: Sequence[Told], workshop: Workshop) -> None:
        self._told = told
        self._chance = workshop.chance
        sides = [side for one in told for side in _sides(one.diagnostic)]
        self._reads_request = any(_bytes(side[0]) for side in sides)
        self._answer_bytes = max((_bytes(side[1]) for side in sides), default=0)
        protocols = (one.diagnostic.http_correlation_protocol for one in told)
        self._correlate = _CORRELATIONS.get(next(filter(None, protocols), "None"))

    def around(self, rows: Rows) -> Rows:
        """The rows of an operation, with what is to be noted."""
        return Rows.of(
            self._before(rows.inbound, self.begin, reads=self._reads_request),
            rows.backend,
            self._before(rows.outbound, _look_at_answer),
            rows.on_error,
        )

    def before_errors(self, row: Row) -> Row:
        """On-error of calls that reached no operation: nobody began to note them."""
        return self._before(row, self.begin)

    @staticmethod
    def _before(row: Row, run: Run, *, reads: bool = False) -> Row:
        return replace(
            row,
            runs=(run, *row.runs),
            places=(None, *row.places),
            reads_request_body=row.reads_request_body or reads,
            forwarding=None,
        )

    def begin(self, exchange: Exchange) -> None:
        """Draw, and have the record written afterwards."""
        if exchange.logged is not None:
            return
        number = self._chance.random()
        drawn = [one.diagnostic.draws(number) for one in self._told]
        record = CallRecord([one.diagnostic for one in self._told], drawn)
        made = exchange.request.made_body
        if made is not None:
            record.request_body = made.content or b""
        if self._correlate is not None:
            self._correlate(exchange, record, self._chance.hex(8))
        exchange.logged = record
        exchange.watch(record.hear(self._answer_bytes))
        exchange.after(self._write)

    def _write(self, exchange: Exchange) -> None:
        record, ended = exchange.logged, exchange.ended
        assert isinstance(record, CallRecord), "it was put there"
        assert ended is not None, "the call is over"
        for one, drawn in zip(self._told, record.drawn, strict=True):
            if one.deliver is None or not one.diagnostic.logs(
                ended.status, drawn=drawn
            ):
                continue
            told = record_of(exchange, one.diagnostic, record, ended)
            one.deliver(exchange, json.encode(told))


def _look_at_answer(exchange: Exchange) -> None:
    """Remember what the backend answered, before policies change it."""
    record, response = exchange.logged, exchange.response
    if isinstance(record, CallRecord) and response is not None:
        record.take_answer(response)


def _sides(diagnostic: Diagnostic) -> Iterable[tuple[Message | None, Message | None]]:
    for side in (diagnostic.frontend, diagnostic.backend):
        if side is not None:
            yield side.request, side.response


def _bytes(message: Message | None) -> int:
    return 0 if message is None or message.body is None else message.body.bytes


# --- loggers --------------------------------------------------------------------------


def _delivery(logger: Logger | None, workshop: Workshop) -> Deliver | None:
    if logger is None or logger.logger_type not in ("webhook", "logFile"):
        return None
    if logger.logger_type == "logFile":
        return _log_file((logger.credentials or {}).get("name", ""), logger, workshop)
    if not has_address(logger):
        log.error("logger '%s' has no url among its credentials", logger.id)
        return None
    underway: set[str] = workshop.state.keep(("", "diagnostics", logger.id), set)
    post = webhook(logger.credentials or {}, "application/json", workshop, underway)
    return lambda exchange, message: post(exchange, message, [])


def _log_file(name: str, logger: Logger, workshop: Workshop) -> Deliver | None:
    if not FILE_NAME.fullmatch(name):
        log.error("logger '%s' names no file of letters, digits, - and _", logger.id)
        return None

    def deliver(exchange: Exchange, message: bytes) -> None:
        try:
            workshop.append(name, message)
        except OSError as error:
            log.warning("call %s: not logged: %s", exchange.request_id, error)

    return deliver


# --- correlation ----------------------------------------------------------------------


def _correlate_w3c(exchange: Exchange, record: CallRecord, span: str) -> None:
    headers = exchange.request.headers
    given = (headers.get(b"traceparent") or b"").decode("latin-1")
    found = TRACE_PARENT.fullmatch(given)
    trace = found[1] if found else exchange.request_id.replace("-", "")
    record.correlation = {"traceId": trace, "spanId": span}
    if found:
        record.correlation["parentId"] = found[2]
    sampled = "01" if any(record.drawn) else "00"
    headers.set(b"traceparent", f"00-{trace}-{span}-{sampled}".encode())


def _correlate_legacy(exchange: Exchange, record: CallRecord, span: str) -> None:
    headers = exchange.request.headers
    given = (headers.get(b"request-id") or b"").decode("latin-1")
    found = LEGACY_PARENT.fullmatch(given)
    root = found[1] if found else exchange.request_id.replace("-", "")
    own = f"{given.rstrip('.')}.{span}." if found else f"|{root}.{span}."
    record.correlation = {"traceId": root, "spanId": own}
    if found:
        record.correlation["parentId"] = given
    headers.set(b"Request-Id", own.encode("latin-1"))


_CORRELATIONS: dict[str, Callable[[Exchange, CallRecord, str], Any]] = {
    "W3C": _correlate_w3c,
    "Legacy": _correlate_legacy,
}
