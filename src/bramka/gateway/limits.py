"""Steps that limit: what they demand is decided wherever this gateway counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from bramka.domain.traffic.demand import Demands, Verdict
from bramka.domain.traffic.exchange import Exchange, Headers, LastError, Response
from bramka.domain.traffic.quota_counter import QuotaSetting
from bramka.domain.traffic.site import Quotas, Windows
from bramka.domain.traffic.step import Limit, Outcome, Step, StepFailure


class Allowances(Protocol):
    """Counters that are asked without waiting."""

    def windows(self, place: str) -> Windows: ...
    def quotas(self, place: str) -> Quotas: ...
    def take(self, demands: Demands, now: float, timestamp: float) -> Verdict: ...
    def spend(self, demands: Demands, now: float, timestamp: float) -> None: ...
    def correct(self, settings: Iterable[QuotaSetting]) -> None: ...
    def close(self) -> None: ...


class Store(Protocol):
    """Counters elsewhere, which many nodes share; asking them takes a while."""

    @property
    def is_away(self) -> bool:
        """Whether it does not answer now."""

    async def take(self, wishes: list[Demands]) -> list[Verdict]:
        """Meet one policy's demands after the other's, as long as all are met.

        Gives a verdict for each policy up to the first that is refused.
        """

    def spend(self, demands: Demands) -> None:
        """Count what is spent, whether it fits or not; nobody waits for it."""


def limiting(allowances: Allowances, limit: Limit) -> Step:
    """A step that decides at once."""
    take, ask, tell = allowances.take, limit.ask, limit.tell

    def run(exchange: Exchange) -> Outcome:
        demands = ask(exchange)
        if not demands:
            return None
        verdict = take(demands, exchange.started, exchange.timestamp)
        return tell(exchange, demands, verdict)

    return Step(run)


def waiting(store: Store, limits: Sequence[Limit]) -> Step:
    """A step that asks the store once for all these limits."""

    async def run(exchange: Exchange) -> Outcome:
        asked = [(limit, _asked(limit, exchange)) for limit in limits]
        asked = [(limit, demands) for limit, demands in asked if demands]
        if not asked:
            return None
        verdicts = await store.take([demands for _, demands in asked])
        for (limit, demands), verdict in zip(asked, verdicts, strict=False):
            if verdict.away:
                outcome: Outcome = _unavailable(verdict)
            else:
                outcome = limit.tell(exchange, demands, verdict)
            if outcome is not None:
                if outcome.error is not None and limit.place is not None:
                    limit.place.mark(outcome.error)
                return outcome
        return None

    return Step(run, waits=True, limit=limits[0] if len(limits) == 1 else None)


def _asked(limit: Limit, exchange: Exchange) -> Demands:
    try:
        return limit.ask(exchange)
    except StepFailure as failure:
        if limit.place is not None:
            limit.place.mark(failure)
        raise


def merged(steps: Iterable[Step], store: Store | None) -> Iterator[Step]:
    """The same steps, but neighbours that ask the store ask it together."""
    if store is None:
        yield from steps
        return
    together: list[Step] = []
    for step in steps:
        if together and (step.limit is None or _leads(together[-1])):
            yield _joined(together, store)
            together = []
        if step.limit is None:
            yield step
        else:
            together.append(step)
    if together:
        yield _joined(together, store)


def _leads(step: Step) -> bool:
    return step.limit is not None and step.limit.sets_variables


def _joined(steps: Sequence[Step], store: Store) -> Step:
    if len(steps) == 1:
        return steps[0]
    limits = [
        replace(step.limit, place=step.place)
        for step in steps
        if step.limit is not None
    ]
    body = any(step.reads_request_body for step in steps)
    return replace(waiting(store, limits), reads_request_body=body)


def _unavailable(verdict: Verdict) -> Response:
    message = f"Limits cannot be checked at the moment: {verdict.away}"
    body = f'{{ "statusCode": 503, "message": "{message}" }}'.encode()
    fields = [(b"Content-Type", b"application/json"), (b"Retry-After", b"1")]
    error = LastError("", "LimitStoreUnavailable", message)
    return Response(503, "Service Unavailable", Headers(fields), body, error)
