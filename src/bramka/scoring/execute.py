"""The synchronous call: read the body, score, write the results.

A short call is scored at once on the event loop, where it costs least. One with a long
body (over INLINE_BYTES) or of an endpoint whose calls usually take long (over
INLINE_SECONDS) goes to a thread, so that no one else waits for it. Where an endpoint
joins calls, short ones are read here and scored together (joining.py).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import lru_cache, partial

from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError
from bramka.domain.learning.endpoint import Endpoint
from bramka.scoring.deployment import Deployment, Gauge
from bramka.scoring.doors import Call, query_of
from bramka.scoring.joining import Asked, Joining, Outputs
from bramka.scoring.refusal import JSON_TYPE, refusal_for, refuse
from bramka.scoring.router import Outcome
from bramka.wire.message import Answer, Request

Begin = Callable[[], "asyncio.Future[Answer]"]
"""Starts the work of a call, on the event loop."""

INLINE_BYTES = 8 * 1024
INLINE_SECONDS = 0.005
Trace = Callable[[Endpoint, Request, Answer | Exception, float], None]
"""Keeps a call whose endpoint traces: what was asked, what came of it, the seconds."""
LONGEST_SECONDS = 100.0
"""How long a caller waits for a result; the default of .NET's own client."""


class Execute:
    """Answers `POST …/execute`."""

    def __init__(
        self,
        clock: Clock,
        threads: Executor,
        longest_seconds: float = LONGEST_SECONDS,
        trace: Trace | None = None,
    ) -> None:
        self._clock = clock
        self._trace = trace
        self._threads = threads
        self._longest_seconds = longest_seconds

    def __repr__(self) -> str:
        return f"<Execute: at most {self._longest_seconds:.0f} s>"

    def __call__(self, call: Call) -> Outcome:
        deployment, request = call.deployment, call.request

        def read() -> Asked:
            details, objects = _form_of(request.query)
            inputs, parameters = deployment.body_reader.read(request.body)

            def write(outputs: Outputs) -> Answer:
                told = deployment.writer.write(
                    outputs, details=details, objects=objects
                )
                return Answer(200, told, list(JSON_TYPE))

            return Asked(inputs, parameters, write)

        return self.through(deployment, request, read)

    def through(
        self, deployment: Deployment, request: Request, read: Callable[[], Asked]
    ) -> Outcome:
        """Work on a request, in whatever protocol, under the same rules."""
        gauge, before = deployment.gauge, self._clock.monotonic()
        try:
            _refuse_crowd(deployment)
            long = len(request.body) > INLINE_BYTES
            if deployment.joining is not None and not long:
                begin = self._together(deployment, deployment.joining, read())
                return self._counted(deployment, request, begin, before)
            if long or deployment.waits or gauge.typical_seconds > INLINE_SECONDS:
                begin = self._in_thread(deployment, read)
                return self._counted(deployment, request, begin, before)
            asked = read()
            answer = asked.write(deployment.score(asked.inputs, asked.parameters))
        except Exception as error:
            self._ended(deployment, request, error, before)
            raise
        gauge.note(self._ended(deployment, request, answer, before))
        return answer

    def _ended(
        self,
        deployment: Deployment,
        request: Request,
        ended: Answer | Exception,
        before: float,
    ) -> float:
        """Count a call, and trace it if its endpoint does; its seconds."""
        seconds = self._clock.monotonic() - before
        code = "" if isinstance(ended, Answer) else _code_of(ended)
        deployment.gauge.tally.ended(seconds, code)
        level = deployment.endpoint.trace_level
        if level != "None" and self._trace and (code or level == "All"):
            self._trace(deployment.endpoint, request, ended, seconds)
        return seconds

    def _together(
        self, deployment: Deployment, joining: Joining, asked: Asked
    ) -> Begin:
        """In one table with the calls that arrive at the same time."""
        if not joining.takes(asked):
            return self._in_thread(deployment, lambda: asked)
        return partial(joining.answer, asked, deployment.score, self._threads)

    def _in_thread(self, deployment: Deployment, read: Callable[[], Asked]) -> Begin:
        work = partial(self._timed, deployment, read)
        return lambda: asyncio.wrap_future(self._threads.submit(work))

    def _timed(self, deployment: Deployment, read: Callable[[], Asked]) -> Answer:
        before = self._clock.monotonic()
        asked = read()
        answer = asked.write(deployment.score(asked.inputs, asked.parameters))
        deployment.gauge.note(self._clock.monotonic() - before)
        return answer

    async def _counted(
        self, deployment: Deployment, request: Request, begin: Begin, before: float
    ) -> Answer:
        try:
            answer = await self._awaited(deployment.gauge, begin())
        except asyncio.CancelledError:
            deployment.gauge.tally.ended(self._clock.monotonic() - before)
            raise
        except Exception as error:
            self._ended(deployment, request, error, before)
            raise
        self._ended(deployment, request, answer, before)
        return answer

    async def _awaited(self, gauge: Gauge, answer: "asyncio.Future[Answer]") -> Answer:
        gauge.in_flight += 1
        # A thread cannot be stopped: the place is free only when it is really done.
        answer.add_done_callback(lambda done: _leave(gauge, done))
        done, _ = await asyncio.wait((answer,), timeout=self._longest_seconds)
        if not done:
            raise refuse(
                "RequestTimeout",
                "ScoreRequestTimeout",
                f"Execution request timed out. It took over {self._longest_seconds:g} "
                "seconds; send fewer rows, or use the batch service.",
            )
        return answer.result()


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


@lru_cache(maxsize=256)
def _form_of(query: str) -> tuple[bool, bool]:
    """Whether the answer tells names and types, and whether its rows are objects."""
    fields = query_of(query)
    form = fields.get("format", "").lower()
    if form not in ("", "swagger"):
        raise refuse(
            "BadArgument",
            "InvalidQueryParameter",
            f"Invalid query parameter 'format'. It may be 'swagger', not "
            f"'{form[:40]}'; leave it out for the table format.",
            "format",
        )
    # The article's front always writes details=; false and nothing mean no.
    details = fields.get("details", "").lower() not in ("", "false", "0")
    return details, form == "swagger"
