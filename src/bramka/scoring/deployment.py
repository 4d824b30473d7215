"""A published endpoint in memory, with what its calls need."""

import logging
from collections.abc import Mapping

from bramka.domain.errors import BramkaError
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.small_table import (
    MOST_ROWS,
    SmallScoring,
    SmallTable,
    table_of,
)
from bramka.domain.learning.table import Table
from bramka.scoring.batching import batches_of
from bramka.scoring.history import History
from bramka.scoring.joining import Joining
from bramka.scoring.parameters import ParameterValue
from bramka.scoring.refusal import refuse
from bramka.scoring.request_body import BodyReader
from bramka.scoring.results import ResultWriter
from bramka.scoring.tally import Tally

log = logging.getLogger(__name__)

LONG_SECONDS = 0.1
"""A call this long counts at once; shorter ones only when there are many."""


class Gauge:
    """How busy an endpoint is and how long its calls take; outlives deployments."""

    __slots__ = ("_habit", "history", "in_flight", "tally", "typical_seconds")

    def __init__(self, now: float) -> None:
        self.in_flight = 0
        self._habit: float | None = None
        """What was typical before one long call; the machine may have paused in it."""
        self.tally = Tally()
        self.history = History(self.tally, now)
        self.typical_seconds = 0.001

    def note(self, seconds: float) -> None:
        """Learn from one call: a small step towards it, so that the median is known.

        A mean would take one pause of the machine for the habit of the endpoint.
        """
        typical, habit = self.typical_seconds, self._habit
        if seconds >= LONG_SECONDS:
            # The second in a row is no pause any more.
            self._habit = typical if typical < LONG_SECONDS else None
            self.typical_seconds = seconds
        elif habit is not None:
            self._habit, self.typical_seconds = None, max(seconds, habit)
        elif seconds > typical:
            self.typical_seconds = min(seconds, typical * 1.1)
        else:
            self.typical_seconds = max(seconds, typical * 0.9, 1e-6)


class Deployment:
    """An endpoint with its loaded function, ready for calls."""

    __slots__ = (
        "batches",
        "body_reader",
        "endpoint",
        "function",
        "gauge",
        "joining",
        "package",
        "small",
        "waits",
        "writer",
    )

    def __init__(
        self, endpoint: Endpoint, package: str, function: ScoringFunction, gauge: Gauge
    ) -> None:
        self.endpoint = endpoint
        self.package = package
        """What serves; not `endpoint.package` while that one does not load."""
        self.function = function
        self.small = function if isinstance(function, SmallScoring) else None
        """The same function, if it can also do without frames."""
        self.waits = bool(getattr(function, "waits", False))
        """Its calls wait for another process, so they go to a thread."""
        self.gauge = gauge
        self.body_reader = BodyReader(function.definition)
        self.writer = ResultWriter()
        self.batches = batches_of(endpoint, function)
        batches = self.batches
        self.joining = Joining(batches, gauge.tally) if batches.active else None

    def __repr__(self) -> str:
        endpoint = self.endpoint
        return f"<Deployment: {endpoint.service_name}/{endpoint.name}>"

    def score(
        self,
        inputs: Mapping[str, SmallTable],
        parameters: Mapping[str, ParameterValue],
    ) -> Mapping[str, Table | SmallTable]:
        """The outcome for some rows; by plain values if the function can."""
        small = self.small
        rows = max((table.height for table in inputs.values()), default=0)
        self.gauge.tally.scored(rows)
        try:
            if small and rows <= MOST_ROWS:
                return small.score_small(inputs, parameters)
            tables = {name: table_of(few) for name, few in inputs.items()}
            return self.function.score(tables, parameters)
        except BramkaError:
            raise
        except MemoryError:
            raise refuse(
                "MemoryQuotaViolation",
                "OutOfMemoryLimit",
                "The model consumed more memory than was appropriated for it. Send "
                "fewer rows at once.",
            ) from None
        except Exception as error:
            log.exception("service %s failed", self.endpoint.service_name)
            reason = str(error).partition("\n")[0][:300]
            raise refuse(
                "LibraryExecutionError",
                type(error).__name__,
                f"Error 1000: library exception: {reason}",
                self.endpoint.service_name,
            ) from error
