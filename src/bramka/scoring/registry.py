"""The published endpoints in memory: what a call needs, swapped by one assignment."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from bramka.domain.clock import Clock
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.model import zeros
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.small_table import SmallScoring, small_of
from bramka.scoring.deployment import Deployment, Gauge

log = logging.getLogger(__name__)

Load = Callable[[str], ScoringFunction]
"""Loads a package by its folder name."""


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
        # Another service of the same package has processes and memory of its own.
        functions = {
            (each.endpoint.service_id, each.package): each.function
            for each in self.deployments.values()
        }
        deployments: dict[str, Deployment] = {}
        broken: dict[str, Endpoint] = {}
        for endpoint in endpoints:
            deployment = self._deploy(endpoint, functions)
            if deployment is None:
                broken[endpoint.id] = endpoint
            else:
                deployments[endpoint.id] = deployment
                known = (endpoint.service_id, deployment.package)
                functions[known] = deployment.function
        self.workspaces = frozenset(workspaces)
        if (len(deployments), len(broken)) != (len(self.deployments), len(self.broken)):
            log.info("%d endpoints serve, %d do not", len(deployments), len(broken))
        self.deployments, self.broken = deployments, broken

    @property
    def behind(self) -> bool:
        """Whether a package did not load: perhaps it will when it is tried again."""
        return bool(self.broken) or any(
            each.package != each.endpoint.package for each in self.deployments.values()
        )

    def turn(self) -> None:
        """Close the minute of every endpoint's history, if it is over."""
        now = self._clock.now()
        for deployment in self.deployments.values():
            deployment.gauge.history.turn(now)

    def _deploy(
        self, endpoint: Endpoint, functions: Mapping[tuple[str, str], ScoringFunction]
    ) -> Deployment | None:
        before = self.deployments.get(endpoint.id)
        same = before is not None and before.endpoint == endpoint
        if before is not None and same and before.package == endpoint.package:
            return before
        gauge = before.gauge if before else Gauge(self._clock.now())
        function = functions.get(
            (endpoint.service_id, endpoint.package)
        ) or self._loaded(endpoint)
        if function is not None:
            return Deployment(endpoint, endpoint.package, function, gauge)
        if before is not None and not same:
            return Deployment(endpoint, before.package, before.function, gauge)
        return before

    def _loaded(self, endpoint: Endpoint) -> ScoringFunction | None:
        before = self._clock.monotonic()
        try:
            function = self._load(endpoint.package)
            _warm(function)
        except Exception:  # A package may hold anything; the others must serve on.
            log.exception(
                "package %s of service %s does not load and is tried again; publish it "
                "anew if it is damaged",
                endpoint.package,
                endpoint.service_name,
            )
            return None
        log.info(
            "service %s/%s, version %d: package %s loaded in %.2f s",
            endpoint.service_name,
            endpoint.name,
            endpoint.version,
            endpoint.package,
            self._clock.monotonic() - before,
        )
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
