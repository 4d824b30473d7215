"""Whether calls of an endpoint that arrive together are scored as one table."""

from typing import Literal

from msgspec import Struct

from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.small_table import SmallScoring

Reason = Literal["", "Off", "SeveralPorts", "NotKnownAlike", "NoGain"]
"""Why calls are not joined, for pages in languages of their own; "" if they are."""

_WHY: dict[Reason, str] = {
    "": "Calls that arrive together are scored as one table.",
    "Off": "Batching is off for this endpoint.",
    "SeveralPorts": "Only services of one input, whose outputs are tables, join calls.",
    "NotKnownAlike": (
        "It is not known that a row scored among others gives the same bits as alone; "
        "the author of a function may say so when it is published."
    ),
    "NoGain": "This model scores a row as it comes: joining calls would gain nothing.",
}


class Batches(Struct, frozen=True, kw_only=True):
    """What an endpoint's setting comes to with the model that it has."""

    reason: Reason
    rows: int
    """So many rows one table has at most."""
    wait: float
    """Seconds that a call may wait for others while the model is free."""

    @property
    def active(self) -> bool:
        return not self.reason

    @property
    def why(self) -> str:
        """The reason in words."""
        return _WHY[self.reason]


def batches_of(endpoint: Endpoint, function: ScoringFunction) -> Batches:
    """Calls are joined only where each gets the bits that it would get alone."""
    return Batches(
        reason=_reason(endpoint, function),
        rows=endpoint.max_batch_rows,
        wait=endpoint.max_batch_wait / 1000,
    )


def _reason(endpoint: Endpoint, function: ScoringFunction) -> Reason:
    if endpoint.batching == "Off":
        return "Off"
    definition = function.definition
    if len(definition.inputs) != 1 or definition.models:
        return "SeveralPorts"
    if not getattr(function, "together", False):
        return "NotKnownAlike"
    if endpoint.batching == "Auto" and isinstance(function, SmallScoring):
        return "NoGain"
    return ""
