"""Keeps what is counted of endpoints' calls, so that it outlives the process."""

import asyncio
from collections.abc import Mapping

from sqlalchemy import Engine

from bramka.domain.clock import Clock
from bramka.domain.learning.counted import Counted
from bramka.scoring.history import MINUTE
from bramka.scoring.registry import Registry
from bramka.store import service_usage
from bramka.store.database import reading, writing

DAY_SECONDS = 86_400


class Ledger:
    """Writes the counts of one process; reads those of all, of now and before."""

    def __init__(
        self, engine: Engine, registry: Registry, clock: Clock, process: str
    ) -> None:
        self._engine = engine
        self._registry = registry
        self._clock = clock
        self._process = process
        """Never that of another process, be it of another time or machine."""
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Ledger: of process {self._process}>"

    async def save(self) -> None:
        """Keep what was counted since the last time; calls do not wait for it."""
        async with self._lock:
            now = self._clock.now()
            histories = {
                name: each.gauge.history
                for name, each in self._registry.deployments.items()
            }
            due = {name: each.due(now) for name, each in histories.items()}
            due = {name: minutes for name, minutes in due.items() if minutes}
            if due:
                await asyncio.to_thread(self._write, due)
            for name, minutes in due.items():
                histories[name].kept(minutes)

    async def read(self, endpoint: str) -> list[tuple[int, Counted]]:
        """What was counted of an endpoint, by every process, up to now."""
        await self.save()
        return await asyncio.to_thread(self._read, endpoint)

    def fold(self) -> None:
        """Sum minutes of more than a day ago to days; blocks, a little at a time."""
        before = int(self._clock.now() - DAY_SECONDS) // MINUTE
        more = True
        while more:
            with writing(self._engine) as connection:
                more = service_usage.fold(
                    connection, before - before % service_usage.DAY
                )

    def _write(self, due: Mapping[str, service_usage.Minutes]) -> None:
        with writing(self._engine) as connection:
            service_usage.keep(connection, self._process, due)

    def _read(self, endpoint: str) -> list[tuple[int, Counted]]:
        with reading(self._engine) as connection:
            return service_usage.calls_of(connection, endpoint)
