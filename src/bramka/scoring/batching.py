"""Whether calls of an endpoint that arrive together are scored as one table."""

from msgspec import Struct

from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.small_table import SmallScoring


class Batches(Struct, frozen=True, kw_only=True):
    """What an endpoint's setting comes to with the model that it has."""

    active: bool
    why: str
    rows: int
    """So many rows one table has at most."""
    wait: float
    """Seconds that a call may wait for others while the model is free."""


def batches_of(endpoint: Endpoint, function: ScoringFunction) -> Batches:
    """Calls are joined only where each gets the bits that it would get alone."""
    why = _why_not(endpoint, function)
    return Batches(
        active=not why,
        why=why or "Calls that arrive together are scored as one table.",
        rows=endpoint.max_batch_rows,
        wait=endpoint.max_batch_wait / 1000,
    )


def _why_not(endpoint: Endpoint, function: ScoringFunction) -> str:
    if endpoint.batching == "Off":
        return "Batching is off for this endpoint."
    definition = function.definition
    if len(definition.inputs) != 1 or definition.models:
        return "Only services of one input, whose outputs are tables, join calls."
    if not getattr(function, "together", False):
        return (
            "It is not known that a row scored among others gives the same bits as "
            "alone; the author of a function may say so when it is published."
        )
    if endpoint.batching == "Auto" and isinstance(function, SmallScoring):
        return "This model scores a row as it comes: joining calls would gain nothing."
    return ""
