"""The synchronous call: read the body, score, write the results.

A short call is scored at once on the event loop, where it costs least. One with a long
body (over INLINE_BYTES) or of an endpoint whose calls usually take long (over
INLINE_SECONDS) goes to a thread, so that no one else waits for it. Where an endpoint
joins calls, short ones are read here and scored together (joining.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from functools import partial

from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError
from bramka.scoring.deployment import Deployment, Gauge
from bramka.scoring.doors import Call
from bramka.scoring.joining import Asked, Joining, Outputs
from bramka.scoring.refusal import JSON_TYPE, refusal_for, refuse
from bramka.scoring.router import Outcome
from bramka.wire.message import Answer, Request

Begin = Callable[[], "asyncio.Future[Answer]"]
"""Starts the work of a call, on the event loop."""

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

        def read() -> Asked:
            objects = _wants_objects(query)
            # The article's front always writes details=; false and nothing mean no.
            details = query.get("details", "").lower() not in ("", "false", "0")
            inputs, parameters = deployment.body_reader.read(body)

            def write(outputs: Outputs) -> Answer:
                told = deployment.writer.write(
                    outputs, details=details, objects=objects
                )
                return Answer(200, told, list(JSON_TYPE))

            return Asked(inputs, parameters, write)

        return self.through(deployment, call.request, read)

    def through(
        self, deployment: Deployment, request: Request, read: Callable[[], Asked]
    ) -> Outcome:
        """Work on a request, in whatever protocol, under the same rules."""
        gauge, before = deployment.gauge, self._clock.monotonic()
        try:
            _refuse_crowd(deployment)
            long = len(request.body) > INLINE_BYTES
            if deployment.joining is not None and not long:
                return self._together(deployment, deployment.joining, read(), before)
            if long or deployment.waits or gauge.typical_seconds > INLINE_SECONDS:
                return self._later(deployment, read, before)
            asked = read()
            answer = asked.write(deployment.score(asked.inputs, asked.parameters))
        except Exception as error:
            gauge.tally.ended(self._clock.monotonic() - before, _code_of(error))
            raise
        seconds = self._clock.monotonic() - before
        gauge.note(seconds)
        gauge.tally.ended(seconds)
        return answer

    def _together(
        self, deployment: Deployment, joining: Joining, asked: Asked, before: float
    ) -> Awaitable[Answer]:
        """In one table with the calls that arrive at the same time."""
        if not joining.takes(asked):
            return self._later(deployment, lambda: asked, before)
        begin = partial(joining.answer, asked, deployment.score, self._threads)
        return self._counted(deployment, begin, before)

    def _later(
        self, deployment: Deployment, read: Callable[[], Asked], before: float
    ) -> Awaitable[Answer]:
        """In a thread."""
        work = partial(self._timed, deployment, read)

        def begin() -> "asyncio.Future[Answer]":
            return asyncio.wrap_future(self._threads.submit(work))

        return self._counted(deployment, begin, before)

    def _timed(self, deployment: Deployment, read: Callable[[], Asked]) -> Answer:
        before = self._clock.monotonic()
        asked = read()
        answer = asked.write(deployment.score(asked.inputs, asked.parameters))
        deployment.gauge.note(self._clock.monotonic() - before)
        return answer

    async def _counted(
        self, deployment: Deployment, begin: Begin, before: float
    ) -> Answer:
        gauge, error = deployment.gauge, ""
        try:
            return await self._awaited(gauge, begin())
        except Exception as found:
            error = _code_of(found)
            raise
        finally:
            gauge.tally.ended(self._clock.monotonic() - before, error)

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
