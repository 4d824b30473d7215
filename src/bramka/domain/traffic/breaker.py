"""Circuit breakers: when a backend has failed too often, calls do not reach it.

A breaker's life is a table. Once open, it rests for its rule's trip duration; then one
call is let through on trial, and what comes of it decides.
"""

from collections import deque
from enum import StrEnum

from bramka.domain.duration import seconds_of
from bramka.domain.traffic.backend import BreakerRule, CircuitBreaker


class State(StrEnum):
    """What a breaker does with calls."""

    CLOSED = "closed"
    """Calls pass, failures are counted."""
    OPEN = "open"
    """No call passes."""
    TRIAL = "trial"
    """One call passes, and decides."""


NEXT: dict[State, dict[str, State]] = {
    State.CLOSED: {"trip": State.OPEN},
    State.OPEN: {"try": State.TRIAL},
    State.TRIAL: {"succeed": State.CLOSED, "fail": State.OPEN},
}
FEWEST_FOR_SHARE = 10
"""Calls in the interval before a rule by percentage counts."""
MOST_COUNTED = 10_000
"""Outcomes remembered for one rule."""
LONGEST_RETRY_AFTER = 3_600.0


class _Rule:
    """One rule and the outcomes it has seen in its interval."""

    def __init__(self, rule: BreakerRule) -> None:
        condition = rule.failure_condition
        self.trip = seconds_of(rule.trip_duration)
        self.accepts_retry_after = rule.accept_retry_after
        self._interval = seconds_of(condition.interval)
        self._count = condition.count
        self._percentage = condition.percentage
        self._ranges = condition.status_code_ranges
        self._reasons = {reason.casefold() for reason in condition.error_reasons}
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=MOST_COUNTED)
        self._failures = 0

    def is_failure(self, status: int | None, reason: str) -> bool:
        """Whether that is a failure; no answer at all always is unless reasons say."""
        if status is None:
            return not self._reasons or reason.casefold() in self._reasons
        return any(one.min <= status <= one.max for one in self._ranges)

    def note(self, now: float, *, failed: bool) -> bool:
        """Note an outcome; whether the breaker trips."""
        outcomes = self._outcomes
        horizon = now - self._interval
        while outcomes and (outcomes[0][0] <= horizon or len(outcomes) == MOST_COUNTED):
            self._failures -= outcomes.popleft()[1]
        outcomes.append((now, failed))
        self._failures += failed
        if not failed:
            return False
        if self._count is not None:
            return self._failures >= self._count
        share = self._percentage
        enough = len(outcomes) >= FEWEST_FOR_SHARE
        return (
            share is not None
            and enough
            and self._failures * 100 >= share * len(outcomes)
        )

    def forget(self) -> None:
        self._outcomes.clear()
        self._failures = 0


class Breaker:
    """The breaker of one backend."""

    def __init__(self, settings: CircuitBreaker) -> None:
        self.settings = settings
        self.state = State.CLOSED
        self.until = 0.0
        """When an open breaker lets a call try; when a trial counts as lost."""
        self._rules = [_Rule(rule) for rule in settings.rules]
        self._trip = 0.0

    def wait(self, now: float) -> float:
        """0.0 if a call may pass, else the seconds until one may."""
        if self.state is State.CLOSED:
            return 0.0
        return max(0.0, self.until - now)

    def pass_one(self, now: float) -> None:
        """A call passes; after a rest it is the one on trial."""
        if self.state is State.OPEN:
            self._step("try")
        if self.state is State.TRIAL:
            # Nobody may ever tell what came of it; then another one tries.
            self.until = now + self._trip

    def note(
        self,
        now: float,
        status: int | None,
        reason: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Note what came of a call: a status, or no answer for a reason."""
        failed = [(rule, rule.is_failure(status, reason)) for rule in self._rules]
        tripped = [rule for rule, bad in failed if rule.note(now, failed=bad)]
        if self.state is State.TRIAL:
            bad = any(bad for _, bad in failed)
            self._decide(now, failed=bad, retry_after=retry_after)
        elif self.state is State.CLOSED and tripped:
            self._trip = max(rule.trip for rule in tripped)
            self._step("trip")
            self._rest(now, retry_after)

    def _decide(self, now: float, *, failed: bool, retry_after: float | None) -> None:
        if failed:
            self._step("fail")
            self._rest(now, retry_after)
            return
        self._step("succeed")
        for rule in self._rules:
            rule.forget()

    def _rest(self, now: float, retry_after: float | None) -> None:
        accepts = any(rule.accepts_retry_after for rule in self._rules)
        rest = self._trip
        if retry_after is not None and accepts:
            rest = min(max(retry_after, 0.0), LONGEST_RETRY_AFTER)
        self.until = now + rest

    def _step(self, event: str) -> None:
        self.state = NEXT[self.state][event]

    def __repr__(self) -> str:
        return f"<Breaker: {self.state.value}>"
