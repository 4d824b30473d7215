"""The synchronous call: read the body, score, write the results.

A short call is scored at once on the event loop, where it costs least. One with a long
body (over INLINE_BYTES) or of an endpoint whose calls usually take long (over
INLINE_SECONDS) goes to a thread, so that no one else waits for it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial

from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError
from bramka.domain.learning.small_table import (
    MOST_ROWS,
    SmallTable,
    table_of,
)
from bramka.domain.learning.table import Table
from bramka.scoring.doors import Call
from bramka.scoring.parameters import ParameterValue
from bramka.scoring.refusal import JSON_TYPE, refusal_for, refuse
from bramka.scoring.registry import Deployment, Gauge
from bramka.scoring.router import Outcome
from bramka.wire.message import Answer

log = logging.getLogger(__name__)

INLINE_BYTES = 8 * 1024
INLINE_SECONDS = 0.005
LONGEST_SECONDS = 100.0
"""How long a caller waits for a result; the default of .NET's own client."""


class Execute:
    """Answers `POST …/execute`."""

    def __init__(
        self, clock: Clock, threads: Executor, longest_seconds: float = LONGEST_SECONDS
    ) -> None:
        self._clock = clock
        self._threads = threads
        self._longest_seconds = longest_seconds

    def __repr__(self) -> str:
        return f"<Execute: at most {self._longest_seconds:.0f} s>"

    def __call__(self, call: Call) -> Outcome:
        deployment, query, body = call.deployment, call.query, call.request.body

        def work() -> Answer:
            objects = _wants_objects(query)
            # The article's front always writes details=; false and nothing mean no.
            details = query.get("details", "").lower() not in ("", "false", "0")
            return self._score(deployment, body, details, objects)

        return self.through(deployment, len(body), work)

    def through(
        self, deployment: Deployment, size: int, work: Callable[[], Answer]
    ) -> Outcome:
        """Work on a body of this size, in whatever protocol, under the same rules."""
        gauge, before = deployment.gauge, self._clock.monotonic()
        try:
            _refuse_crowd(deployment)
            long = size > INLINE_BYTES or gauge.typical_seconds > INLINE_SECONDS
            if long or deployment.waits:
                return self._later(deployment, work, before)
            answer = work()
        except Exception as error:
            gauge.tally.ended(self._clock.monotonic() - before, _code_of(error))
            raise
        seconds = self._clock.monotonic() - before
        gauge.note(seconds)
        gauge.tally.ended(seconds)
        return answer

    async def _later(
        self, deployment: Deployment, work: Callable[[], Answer], before: float
    ) -> Answer:
        gauge, error = deployment.gauge, ""
        try:
            return await self._in_thread(deployment, partial(self._timed, gauge, work))
        except Exception as found:
            error = _code_of(found)
            raise
        finally:
            gauge.tally.ended(self._clock.monotonic() - before, error)

    def _timed(self, gauge: Gauge, work: Callable[[], Answer]) -> Answer:
        before = self._clock.monotonic()
        answer = work()
        gauge.note(self._clock.monotonic() - before)
        return answer

    def _score(
        self, deployment: Deployment, body: bytes, details: bool, objects: bool
    ) -> Answer:
        inputs, parameters = deployment.body_reader.read(body)
        outputs = score(deployment, inputs, parameters)
        written = deployment.writer.write(outputs, details=details, objects=objects)
        return Answer(200, written, list(JSON_TYPE))

    async def _in_thread(
        self, deployment: Deployment, do: Callable[[], Answer]
    ) -> Answer:
        deployment.gauge.in_flight += 1
        work = asyncio.wrap_future(self._threads.submit(do))
        # A thread cannot be stopped: the place is free only when it is really done.
        work.add_done_callback(lambda done: _leave(deployment.gauge, done))
        done, _ = await asyncio.wait((work,), timeout=self._longest_seconds)
        if not done:
            raise refuse(
                "RequestTimeout",
                "ScoreRequestTimeout",
                f"Execution request timed out. It took over {self._longest_seconds:g} "
                "seconds; send fewer rows, or use the batch service.",
            )
        return work.result()


def score(
    deployment: Deployment,
    inputs: Mapping[str, SmallTable],
    parameters: Mapping[str, ParameterValue],
) -> Mapping[str, Table | SmallTable]:
    """Score, by plain values if the function can and the rows are few."""
    small = deployment.small
    rows = max((table.height for table in inputs.values()), default=0)
    deployment.gauge.tally.scored(rows)
    try:
        if small and rows <= MOST_ROWS:
            return small.score_small(inputs, parameters)
        tables = {name: table_of(few) for name, few in inputs.items()}
        return deployment.function.score(tables, parameters)
    except BramkaError:
        raise
    except MemoryError:
        raise refuse(
            "MemoryQuotaViolation",
            "OutOfMemoryLimit",
            "The model consumed more memory than was appropriated for it. Send fewer "
            "rows at once.",
        ) from None
    except Exception as error:
        log.exception("service %s failed", deployment.endpoint.service_name)
        reason = str(error).partition("\n")[0][:300]
        raise refuse(
            "LibraryExecutionError",
            type(error).__name__,
            f"Error 1000: library exception: {reason}",
            deployment.endpoint.service_name,
        ) from error


def _code_of(error: Exception) -> str:
    """What the caller is told, for counting."""
    if isinstance(error, BramkaError):
        return refusal_for(error).code
    return "InternalError"


def _refuse_crowd(deployment: Deployment) -> None:
    endpoint = deployment.endpoint
    if deployment.gauge.in_flight >= endpoint.max_concurrent_calls:
        deployment.gauge.tally.throttled += 1
        raise refuse(
            "ServiceUnavailable",
            "RequestThrottled",
            f"Request was throttled for {endpoint.name} endpoint. The maximum "
            f"concurrency for the endpoint is {endpoint.max_concurrent_calls}.",
            endpoint.name,
        )


def _leave(gauge: Gauge, done: "asyncio.Future[Answer]") -> None:
    gauge.in_flight -= 1
    if not done.cancelled():
        done.exception()  # Looked at, or asyncio would complain after a time-out.


def _wants_objects(query: Mapping[str, str]) -> bool:
    form = query.get("format", "").lower()
    if form not in ("", "swagger"):
        raise refuse(
            "BadArgument",
            "InvalidQueryParameter",
            f"Invalid query parameter 'format'. It may be 'swagger', not "
            f"'{form[:40]}'; leave it out for the table format.",
            "format",
        )
    return form == "swagger"
