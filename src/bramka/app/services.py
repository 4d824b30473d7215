"""The services process: published services answer calls and take batch jobs."""

import asyncio
import gc
import itertools
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import uvloop
from sqlalchemy.exc import SQLAlchemyError

from bramka.app import ready
from bramka.app.batch import open_locator
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.database import open_store, open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.log import set_up_logging
from bramka.app.settings import Settings
from bramka.app.shared import open_packages
from bramka.catalogue import Workrooms, shelf
from bramka.domain.blob import BlobLocator, BlobReference, BlobStore
from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError
from bramka.jobs.uploads import CONNECTION
from bramka.scoring.admission import DevelopmentStorage
from bramka.scoring.batch import Batch
from bramka.scoring.batch_body import Rules
from bramka.scoring.diagnostics import CONTAINER, Diagnostics
from bramka.scoring.doors import Doors
from bramka.scoring.execute import Execute
from bramka.scoring.front import Front
from bramka.scoring.invocations import invocation_routes
from bramka.scoring.ledger import Ledger
from bramka.scoring.open_inference import OpenInference
from bramka.scoring.registry import Registry
from bramka.scoring.site import service_routes
from bramka.scoring.watching import watching_routes
from bramka.store.job import Jobs
from bramka.store.service import list_endpoints
from bramka.store.service_change import change_number
from bramka.store.transaction import Store
from bramka.store.workspace import list_workspaces
from bramka.wire.connection import Limits
from bramka.wire.server import whole_server

log = logging.getLogger(__name__)

NEWS_SECONDS = 0.2
"""How often the database is asked whether something was published."""
AGAIN_SECONDS = 30.0
"""How often a package that does not load is tried again."""
BODY_BYTES = 64 * 1024 * 1024
"""Longest body of a call; what is larger belongs into a batch job."""
MOST_THREADS = 4
TRACE_SECONDS = 3.0
"""How often calls that endpoints trace are written."""
COUNT_SECONDS = 5.0
"""How often what was counted of calls is kept; a process that is killed loses it."""
FOLDING_TURNS = 720
TURNS_AN_HOUR = 1200
SOME_TURNS = 20
"""The blob endpoint may start after the services."""
LAST_SECONDS = 3.0
"""How long the last of them may take."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    set_up_logging("services", settings.log_level)
    # Scoring threads let the event loop in ten times as often as Python's default.
    sys.setswitchinterval(0.0005)
    uvloop.run(_serve(settings))


class Publications:
    """Keeps the registry in step with the database."""

    def __init__(self, store: Store, registry: Registry, clock: Clock) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._seen: int | None = None
        self._again_at = 0.0
        """When packages that did not load are tried again."""
        self._lost = False

    def renew(self) -> None:
        """Take over what changed; blocks, so it is called in a thread.

        While the database is away, what is known is served on.
        """
        try:
            self._take_over()
        except SQLAlchemyError as error:
            if not self._lost:
                log.warning(
                    "the database is away, serving on: %s", type(error).__name__
                )
            self._lost = True
        else:
            self._lost = False

    def _take_over(self) -> None:
        with self._store.reading() as transaction:
            number = change_number(transaction)
            if number == self._seen and not self._again():
                return
            workspaces = [each.id for each in list_workspaces(transaction)]
            endpoints = list_endpoints(transaction)
        self._registry.renew(workspaces, endpoints)
        self._seen = number
        self._again_at = self._clock.monotonic() + AGAIN_SECONDS

    def _again(self) -> bool:
        """The folder or the store that a package comes from may be there by now."""
        return self._registry.behind and self._clock.monotonic() >= self._again_at


async def _serve(settings: Settings) -> None:
    secrets = open_secrets(settings.data)
    clock, chance = SystemClock(), SystemChance()
    store = await asyncio.to_thread(open_store, settings, secrets, clock)
    usage = await asyncio.to_thread(open_usage, settings)
    workrooms = Workrooms(clock)
    packages = open_packages(settings, workrooms.room)
    registry = Registry(lambda package: packages.load(package, shelf()), clock)
    publications = Publications(store, registry, clock)
    await asyncio.to_thread(publications.renew)
    threads = ThreadPoolExecutor(_threads(), thread_name_prefix="score")
    # Apart from scoring: a look at a job must not wait for long calls.
    desk = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="batch")
    doors = Doors(registry, secrets.pepper)
    locator = open_locator(settings, secrets, clock)
    diagnostics = Diagnostics(partial(_diagnostics_store, locator), clock, chance)
    execute = Execute(clock, threads, trace=diagnostics.note)
    ledger = Ledger(usage, registry, clock, chance.hex(8))
    jobs = Jobs(store.engine, clock, store.vault.cipher)
    pepper, rules = secrets.pepper, _rules(settings)
    batch = Batch(jobs, locator, clock, chance, desk, pepper=pepper, rules=rules)
    routes = [
        *service_routes(doors, registry, execute, settings.services_url),
        *OpenInference(doors, registry, execute).routes(),
        *invocation_routes(doors, execute),
        *watching_routes(
            doors, registry, ledger, clock, settings.gateway_metrics_token
        ),
        *batch.routes(doors),
    ]
    front = Front(routes, chance)
    server = whole_server(
        front, clock=clock, limits=Limits(body_bytes=BODY_BYTES), refuse=front.refuse
    )
    stopping = _stop_on_signals()
    # Libraries and packages stay: the collector need not walk them in mid-call.
    gc.collect()
    gc.freeze()
    await server.listen(settings.host, settings.services_port)
    log.info("listening on %s", settings.services_url)
    ready.tell()
    tracing = asyncio.create_task(_trace(diagnostics, settings.diagnostics_days))
    counting = asyncio.create_task(_count(ledger, stopping))
    await _follow(publications, registry, stopping)
    await server.stop()
    tracing.cancel()
    await asyncio.wait((counting,), timeout=LAST_SECONDS)
    await _keep_last(diagnostics, ledger)
    threads.shutdown(wait=False, cancel_futures=True)
    desk.shutdown(wait=False)
    workrooms.let_go()
    store.engine.dispose()
    usage.dispose()


async def _follow(
    publications: Publications, registry: Registry, stopping: asyncio.Event
) -> None:
    """Take over what is published until told to end."""
    while not stopping.is_set():
        registry.turn()
        await asyncio.to_thread(publications.renew)
        await _pause(stopping)


async def _keep_last(diagnostics: Diagnostics, ledger: Ledger) -> None:
    """Keep what the last calls left behind, unless that takes long."""
    with suppress(TimeoutError, SQLAlchemyError):
        await asyncio.wait_for(ledger.save(), LAST_SECONDS)
    with suppress(TimeoutError, BramkaError):
        await asyncio.wait_for(asyncio.to_thread(diagnostics.flush), LAST_SECONDS)


async def _count(ledger: Ledger, stopping: asyncio.Event) -> None:
    """Keep what was counted every few seconds, and sum up old minutes every hour."""
    lost = False
    for turn in itertools.count():
        try:
            await ledger.save()
            if turn % FOLDING_TURNS == 0:
                await asyncio.to_thread(ledger.fold)
            lost = False
        except SQLAlchemyError as error:
            if not lost:
                log.warning("counts of calls wait: %s", type(error).__name__)
            lost = True
        await _pause(stopping, COUNT_SECONDS)
        if stopping.is_set():
            return


def _diagnostics_store(locator: BlobLocator) -> BlobStore:
    """Where traced calls go: the embedded endpoint, wherever it listens."""
    reference = BlobReference(
        connection_string=CONNECTION, relative_location=f"{CONTAINER}/calls"
    )
    return locator.find(reference)[0]


async def _trace(diagnostics: Diagnostics, days: float) -> None:
    """Write traced calls every few seconds, and forget old ones every hour."""
    for turn in itertools.count():
        try:
            if days and turn % TURNS_AN_HOUR == SOME_TURNS:
                await asyncio.to_thread(diagnostics.forget, days)
            await asyncio.to_thread(diagnostics.flush)
        except BramkaError as error:
            log.warning("traces of calls wait: %s", error)
        await asyncio.sleep(TRACE_SECONDS)


def _rules(settings: Settings) -> Rules:
    return Rules(
        set_aside=settings.failing_rows == "set-aside",
        development=DevelopmentStorage.of(settings.development_containers),
    )


def _threads() -> int:
    return min(MOST_THREADS, len(os.sched_getaffinity(0)))


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def _pause(stopping: asyncio.Event, seconds: float = NEWS_SECONDS) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
