"""What limits have in common: how they refuse, what they tell, how they count."""

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from msgspec import Meta
from msgspec.structs import replace

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.allowance import clock_text, whole_seconds
from bramka.domain.traffic.demand import Demands, QuotaDemand
from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.site import Site, Source
from bramka.domain.traffic.step import StepFailure
from bramka.policies._refusals import Number, flag_source, refusal

log = logging.getLogger(__name__)

WhenAway = Annotated[
    Literal["share", "refuse"] | None,
    Meta(
        description="While the store of limits is away: each gateway admits its share, "
        "or refuses with 503; as the setting limits_when_away says if not given."
    ),
]
KILOBYTE = 1024
MOST_COUNTED_AT_ONCE = 1_000_000_000
MOST_KEPT = 1024 * 1024
"""Bytes of an answer's body that an increment may read."""


class Names(Protocol):
    """Headers and variables in which a limit tells how it stands."""

    @property
    def retry_after_header_name(self) -> str: ...
    @property
    def retry_after_variable_name(self) -> str | None: ...
    @property
    def remaining_calls_header_name(self) -> str | None: ...
    @property
    def remaining_calls_variable_name(self) -> str | None: ...
    @property
    def total_calls_header_name(self) -> str | None: ...


def refuses(when_away: WhenAway) -> bool | None:
    """The same for a demand."""
    return None if when_away is None else when_away == "refuse"


def too_many(source: str, wait: float, names: Names, exchange: Exchange) -> Response:
    """The 429 that clients know; the wait is also noted in its variable."""
    seconds = whole_seconds(wait)
    if names.retry_after_variable_name:
        exchange.variables[names.retry_after_variable_name] = seconds
    message = f"Rate limit is exceeded. Try again in {seconds} seconds."
    error = LastError(source, "RateLimitExceeded", "Rate limit is exceeded")
    header = names.retry_after_header_name.encode("latin-1")
    return refusal(429, message, error, fields=[(header, b"%d" % seconds)])


def tell(exchange: Exchange, names: Names, left: int, total: int) -> None:
    """Tell what is left and allowed, where names were given for it."""
    if names.remaining_calls_variable_name:
        exchange.variables[names.remaining_calls_variable_name] = left
    for name, number in (
        (names.remaining_calls_header_name, left),
        (names.total_calls_header_name, total),
    ):
        if name:
            exchange.answer_header(name.encode("latin-1"), b"%d" % number)


def spent(source: str, what: str, left: float) -> Response:
    """The 403 that clients know when a quota is spent."""
    message = f"Out of {what} quota."
    fields = []
    if left != math.inf:
        message += f" Quota will be replenished in {clock_text(left)}."
        fields.append((b"Retry-After", b"%d" % whole_seconds(left)))
    error = LastError(source, "QuotaExceeded", message)
    return refusal(403, message, error, reason="Quota Exceeded", fields=fields)


def sizes_of(exchange: Exchange, demands: Sequence[QuotaDemand]) -> Demands:
    """The bytes of a call that is over, to be spent from the quotas it demanded."""
    size = exchange.request_size + exchange.response_size
    return [replace(one, asked=0, spent=0, spent_size=size) for one in demands]


@dataclass(frozen=True, slots=True)
class Increment:
    """How much a call counts: known beforehand, or once its answer is known."""

    condition: Source | None
    count: Number | None
    reads_answer: bool

    @staticmethod
    def of(site: Site, condition: Source | None, count: Source | None) -> "Increment":
        number = None
        if count is not None:
            number = Number(site, "increment-count", count, 0, MOST_COUNTED_AT_ONCE)
        if condition is not None:
            flag_source(site, "increment-condition", condition)
        reads = any(one.reads_response_body for one in (condition, count) if one)
        return Increment(condition, number, reads)

    @property
    def comes_later(self) -> bool:
        """An expression is evaluated at the end, when there is an answer to look at."""
        return (self.condition is not None and self.condition.constant is None) or (
            self.count is not None and self.count.constant is None
        )

    def amount(self, exchange: Exchange) -> int:
        if self.condition is not None and not self.condition.flag(exchange):
            return 0
        return 1 if self.count is None else self.count.of(exchange)

    def later(self, exchange: Exchange, add: Callable[[int], None]) -> None:
        """Have `add` called with the amount once the answer is sent."""
        if self.reads_answer:
            keep_answer(exchange)
        else:
            exchange.watch()
        exchange.after(lambda done: add(self._amount_at_last(done)))

    def _amount_at_last(self, exchange: Exchange) -> int:
        """The amount; 1 when it cannot be told, so that no failure is free."""
        if exchange.response is None:
            return 0  # The caller hung up before there was an answer to look at.
        try:
            return self.amount(exchange)
        except (StepFailure, BramkaError) as failure:
            log.warning("call %s counts as 1: %s", exchange.request_id, failure)
            return 1


def keep_answer(exchange: Exchange) -> None:
    """Have the answer's body known afterwards, as far as it is not too long."""
    pieces: list[bytes] = []
    size = 0

    def tap(data: bytes) -> None:
        nonlocal size
        size += len(data)
        if size <= MOST_KEPT:
            pieces.append(data)

    def fill(done: Exchange) -> None:
        if done.response is not None and done.response.body.content is None:
            done.response.body.content = b"".join(pieces)

    exchange.watch(tap)
    exchange.after(fill)


def counted_before(exchange: Exchange, key: str) -> bool:
    """Whether this call was counted for `key` already; from now on it was."""
    if exchange.counted is None:
        exchange.counted = set()
    before = key in exchange.counted
    exchange.counted.add(key)
    return before
