"""The published endpoints in memory: what a call needs, swapped by one assignment."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from bramka.domain.clock import Clock
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.model import zeros
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.small_table import SmallScoring, small_of
from bramka.scoring.history import History
from bramka.scoring.request_body import BodyReader
from bramka.scoring.results import ResultWriter
from bramka.scoring.tally import Tally

log = logging.getLogger(__name__)

Load = Callable[[str], ScoringFunction]
"""Loads a package by its folder name."""


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
    """An endpoint with its loaded function, ready for calls; never changed."""

    __slots__ = (
        "body_reader",
        "endpoint",
        "function",
        "gauge",
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

    def __repr__(self) -> str:
        endpoint = self.endpoint
        return f"<Deployment: {endpoint.service_name}/{endpoint.name}>"


class Registry:
    """Every endpoint by id; `renew` is called off the hot path."""

    def __init__(self, load: Load, clock: Clock) -> None:
        self._load = load
        self._clock = clock
        self.deployments: Mapping[str, Deployment] = {}
        self.broken: Mapping[str, Endpoint] = {}
        """Endpoints whose package did not load."""
        self.workspaces: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Registry: {len(self.deployments)} endpoints>"

    def renew(self, workspaces: Iterable[str], endpoints: Iterable[Endpoint]) -> None:
        """Take over what is published now; packages that are known are not reloaded.

        A package that does not load leaves the endpoint's older one serving.
        """
        functions = {each.package: each.function for each in self.deployments.values()}
        deployments: dict[str, Deployment] = {}
        broken: dict[str, Endpoint] = {}
        for endpoint in endpoints:
            deployment = self._deploy(endpoint, functions)
            if deployment is None:
                broken[endpoint.id] = endpoint
            else:
                deployments[endpoint.id] = deployment
                functions[deployment.package] = deployment.function
        self.workspaces = frozenset(workspaces)
        self.deployments, self.broken = deployments, broken

    def turn(self) -> None:
        """Close the minute of every endpoint's history, if it is over."""
        now = self._clock.now()
        for deployment in self.deployments.values():
            deployment.gauge.history.turn(now)

    def _deploy(
        self, endpoint: Endpoint, functions: Mapping[str, ScoringFunction]
    ) -> Deployment | None:
        before = self.deployments.get(endpoint.id)
        if before is not None and before.endpoint == endpoint:
            return before
        gauge = before.gauge if before else Gauge(self._clock.now())
        function = functions.get(endpoint.package) or self._loaded(endpoint)
        if function is not None:
            return Deployment(endpoint, endpoint.package, function, gauge)
        if before is not None:
            return Deployment(endpoint, before.package, before.function, gauge)
        return None

    def _loaded(self, endpoint: Endpoint) -> ScoringFunction | None:
        try:
            function = self._load(endpoint.package)
            _warm(function)
        except Exception:  # A package may hold anything; the others must serve on.
            log.exception(
                "package %s of service %s does not load; publish it again",
                endpoint.package,
                endpoint.service_name,
            )
            return None
        return function


def _warm(function: ScoringFunction) -> None:
    """Score a row of nothing much, so that no caller waits for what loads late.

    It is no caller's data: what the function says to it counts for nothing.
    """
    if isinstance(function, SmallScoring):
        with suppress(Exception):
            rows = {
                port.name: small_of(zeros(port.columns))
                for port in function.definition.inputs
            }
            function.score_small(rows, {})
