"""The worker's part of the studio: takes runs of experiments and sees them through."""

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bramka.app.settings import Settings
from bramka.app.shared import shared_folder
from bramka.catalogue import shelf
from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import BramkaError, Unavailable
from bramka.domain.learning.snapshot import (
    NodeRun,
    chosen_nodes,
    part_up_to,
    saved_ids,
)
from bramka.store.experiment import result_keys
from bramka.store.experiment_run import MOST_ATTEMPTS, Held, RunLedger
from bramka.store.saved import saved_by_ids
from bramka.store.sealed_document import opened
from bramka.store.transaction import Store
from bramka.studio import cache
from bramka.studio.cache import FolderCache
from bramka.studio.conduct import Conduct, SavedPart, Stage, Verdict
from bramka.studio.hands import Hands, Limits
from bramka.studio.task import Place

log = logging.getLogger(__name__)

HAND = [sys.executable, "-m", "bramka.app.worker.hand"]
LOOK_SECONDS = 0.1
SWEEP_SECONDS = 3_600.0
NEWS_SECONDS = 0.25
HOLD_SECONDS = 1.0
MOST_RUNS = 4
"""Runs of one worker at a time; their nodes share its hands."""
ENDING_SECONDS = 5.0
DATA = "data"
DRAFT_SECONDS = 86_400.0
"""No module runs for so long."""


class Laboratory:
    """Threads that take runs from the ledger; modules run in hands, not here."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, chance: Chance
    ) -> None:
        self._store, self._clock = store, clock
        self._ledger = RunLedger(store.engine, clock, owner=chance.hex(16))
        self._results = FolderCache(shared_folder(settings, "results"))
        self._contents = shared_folder(settings, "studio") / "contents"
        self._kept = cache.Limits(
            days=settings.results_days, size=int(settings.results_gib * (1 << 30))
        )
        self._most = settings.experiment_nodes
        limits = Limits(
            memory=settings.module_memory << 20, seconds=settings.module_seconds
        )
        hand = [*HAND, settings.blobs_url, settings.outside_blobs]
        self.hands = Hands(hand, clock, most=self._most, limits=limits)
        self._stopping = threading.Event()
        self._runs: list[threading.Thread] = []
        self._loop = threading.Thread(target=self._take_runs, name="laboratory")
        self._sweeper = threading.Thread(
            target=self._keep_sweeping, name="results", daemon=True
        )

    def __repr__(self) -> str:
        return f"<Laboratory: {len(self._runs)} runs>"

    def start(self) -> None:
        """Begin to take runs."""
        self._loop.start()
        self._sweeper.start()

    def stop(self) -> None:
        """Give back what is held; another worker goes on where this one stops."""
        self._stopping.set()
        self._loop.join()
        deadline = self._clock.monotonic() + ENDING_SECONDS
        for run in self._runs:
            run.join(max(0.0, deadline - self._clock.monotonic()))
        self.hands.close()
        with suppress(Unavailable):
            self._ledger.abandon()

    def _take_runs(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self._runs = [run for run in self._runs if run.is_alive()]
            if len(self._runs) >= MOST_RUNS:
                continue
            with suppress(Unavailable):
                held = self._ledger.claim()
                if held is not None:
                    self._begin(held)

    def sweep(self) -> None:
        """Forget results that are old, too many, or of experiments that are gone."""
        now = self._clock.now()
        self._results.tidy(now - DRAFT_SECONDS)
        kept = self._results.kept()
        with self._store.reading() as transaction:
            known = result_keys(transaction)
            needed = result_keys(transaction, running=True)
        wanted = {each.key: each.wanted for each in kept}
        for key in cache.to_forget(kept, self._kept, known, now):
            if key not in needed:
                # A run may have found it meanwhile, and not told yet.
                self._results.forget(key, wanted[key])

    def _keep_sweeping(self) -> None:
        while True:
            try:
                self.sweep()
            except Exception:
                # Whatever a disk or a database breaks on, the next hour may be better.
                log.exception("old results were not deleted")
            if self._stopping.wait(SWEEP_SECONDS):
                return

    def _begin(self, held: Held) -> None:
        run = threading.Thread(target=self._see_through, args=(held,), name=held.id)
        self._runs.append(run)
        run.start()

    def _see_through(self, held: Held) -> None:
        progress = Progress(self._ledger, held, self._stopping)
        teller = threading.Thread(target=progress.keep_telling, daemon=True)
        teller.start()
        try:
            verdict = self._verdict(held, progress)
        except BramkaError as error:
            verdict = Verdict("fail", error.message)
        except Exception:
            log.exception("a run of an experiment broke off")
            verdict = Verdict("fail", "The studio broke off; the log says why.")
        progress.close()
        teller.join()
        if self._stopping.is_set() and verdict.verb == "cancel":
            return
        progress.end(verdict)

    def _verdict(self, held: Held, progress: "Progress") -> Verdict:
        if held.attempt > MOST_ATTEMPTS:
            return Verdict(
                "fail", f"The worker died {MOST_ATTEMPTS} times while this ran."
            )
        cipher = self._store.vault.cipher
        experiment = opened(held.document, cipher, held.id)
        chosen = chosen_nodes(experiment)
        if chosen:
            experiment = part_up_to(experiment, chosen)
        stage = Stage(
            catalogue=shelf(),
            cache=self._results,
            perform=self.hands.perform,
            clock=self._clock,
            tell=progress.tell,
            stopped=progress.stopped,
            most=self._most,
        )
        before = {node.node_id: node for node in held.nodes}
        saved = saved_parts(self._store, held.workspace_id, held, self._contents)
        return Conduct(experiment, saved, stage, before=before, salt=held.id).run()


def saved_parts(
    store: Store, workspace: str, held: Held, contents: Path
) -> dict[str, SavedPart]:
    """Where everything is that a run takes from its workspace."""
    with store.reading() as transaction:
        found = saved_by_ids(transaction, workspace, saved_ids(held.document))
    return {
        name: SavedPart(Place(str(contents / each.content), DATA), each.digest)
        for name, each in found.items()
    }


class Progress:
    """Collects news of a run and tells them now and then, so that nobody waits."""

    def __init__(
        self, ledger: RunLedger, held: Held, stopping: threading.Event
    ) -> None:
        self._ledger, self._held, self._stopping = ledger, held, stopping
        self._news: dict[str, NodeRun] = {}
        self._lock = threading.Lock()
        self._lost = threading.Event()
        self._closed = threading.Event()

    def __repr__(self) -> str:
        return f"<Progress of {self._held.id}>"

    def tell(self, node: NodeRun) -> None:
        with self._lock:
            self._news[node.node_id] = node

    def stopped(self) -> bool:
        """Whether the run is to end: cancelled, lost, or the worker ends."""
        return self._lost.is_set() or self._stopping.is_set()

    def keep_telling(self) -> None:
        """Until the run has ended; holds the lease as well."""
        rounds = round(HOLD_SECONDS / NEWS_SECONDS)
        turn = 0
        while not self._closed.wait(NEWS_SECONDS):
            self._try(self._flush)
            turn += 1
            if turn % rounds == 0:
                self._try(self._hold)

    def close(self) -> None:
        self._closed.set()

    def end(self, verdict: Verdict) -> None:
        """Say how the run ended; waits while the database is away."""
        while not self._stopping.wait(0.0):
            if self._try(self._flush) and self._try(lambda: self._finish(verdict)):
                return
            self._stopping.wait(1.0)

    def _finish(self, verdict: Verdict) -> None:
        self._ledger.end(self._held, verdict.verb, verdict.detail[:4_000])

    def _hold(self) -> None:
        if not self._ledger.hold(self._held):
            self._lost.set()

    def _flush(self) -> None:
        with self._lock:
            news, self._news = self._news, {}
        if not news:
            return
        try:
            self._ledger.tell(self._held, news)
        except Unavailable:
            with self._lock:
                self._news = {**news, **self._news}
            raise

    def _try(self, do: Callable[[], None]) -> bool:
        try:
            do()
        except Unavailable:
            return False
        return True
