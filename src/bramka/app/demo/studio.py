"""The demo's datasets and its experiment, run: what the service is published from."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from bramka.app.clock import SystemClock
from bramka.app.settings import Settings
from bramka.app.shared import open_packages, shared_folder
from bramka.catalogue import shelf
from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid
from bramka.domain.learning.delimited import FORMATS, write_delimited
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.saved import SAMPLES_FROM, TABLE_TYPES, Saved
from bramka.domain.learning.snapshot import NodeRun, Snapshot
from bramka.domain.learning.table import Table
from bramka.store.experiment import (
    add_experiment,
    document_of,
    keep_ended,
    list_experiments,
    nodes_of,
)
from bramka.store.saved import add_saved, list_saved
from bramka.store.transaction import Store
from bramka.studio.cache import FolderCache
from bramka.studio.conduct import Conduct, SavedPart, Stage
from bramka.studio.finished import finished_run
from bramka.studio.hands import Log
from bramka.studio.package import prepare
from bramka.studio.samples import (
    BOOK_REVIEWS,
    BOOK_REVIEWS_DESCRIPTION,
    book_reviews,
    simple_feature_hashing_experiment,
)
from bramka.studio.stand_ins import StandIn, stand_ins
from bramka.studio.stored import keep
from bramka.studio.task import Done, ModuleTask, Place, Refused, perform

DATA = "data"
SAMPLE = "Sample"


class DemoStudio:
    """Makes what is missing of the demo's workspace."""

    def __init__(
        self,
        store: Store,
        chance: Chance,
        settings: Settings,
        workspace: str,
        owner: str,
    ) -> None:
        self._store, self._chance = store, chance
        self._contents = shared_folder(settings, "studio") / "contents"
        self._packages = open_packages(settings)
        self._workspace, self._owner = workspace, owner
        self._results = FolderCache(shared_folder(settings, "results"))

    def __repr__(self) -> str:
        return f"<DemoStudio: {self._workspace}>"

    def make_datasets(self) -> Saved:
        """The five datasets; the book reviews are told."""
        with self._store.reading() as transaction:
            found = list_saved(transaction, self._workspace, "dataset")
        known = {saved.name: saved for saved in found}
        reviews = known.get(BOOK_REVIEWS) or self._add(
            BOOK_REVIEWS,
            BOOK_REVIEWS_DESCRIPTION,
            "book-reviews.nh.tsv",
            "GenericTSVNoHeader",
            book_reviews(),
        )
        wanted: list[StandIn] = stand_ins()
        for each in wanted:
            if each.name not in known:
                self._add(
                    each.name, each.description, each.file, "GenericCSV", each.table
                )
        return reviews

    def make_experiment(self, reviews: Saved, summary: str) -> tuple[Snapshot, str]:
        """The article's experiment, run; and the name of the package made of it."""
        document = simple_feature_hashing_experiment(reviews.id)
        place = Place(str(self._content(reviews.content)), DATA)
        saved = {reviews.id: SavedPart(place, reviews.digest)}
        snapshot = self._known_run(document.description)
        if snapshot is None:
            snapshot = self._run(document, saved, summary)
        with self._store.reading() as transaction:
            document = document_of(transaction, self._workspace, snapshot.id)
            nodes = {node.node_id: node for node in nodes_of(transaction, snapshot.id)}
        run = finished_run(document, nodes, saved, self._results, shelf())
        package = prepare(document, run, shelf(), description=summary)
        return snapshot, self._packages.keep(package)

    def _known_run(self, name: str) -> Snapshot | None:
        with self._store.reading() as transaction:
            for each in list_experiments(transaction, self._workspace):
                family = list_experiments(transaction, self._workspace, each.family)
                for snapshot in family:
                    nodes = nodes_of(transaction, snapshot.id)
                    fits = snapshot.name == name and snapshot.state == "Finished"
                    if fits and self._kept(nodes):
                        return snapshot
        return None

    def _kept(self, nodes: Sequence[NodeRun]) -> bool:
        """Whether the results of a run are still on disk."""
        keys = {output.key for node in nodes for output in node.outputs.values()}
        return all(self._results.facts(key) for key in keys)

    def _run(
        self, document: Experiment, saved: dict[str, SavedPart], summary: str
    ) -> Snapshot:
        stage = Stage(
            catalogue=shelf(),
            cache=self._results,
            perform=_here,
            clock=SystemClock(),
            tell=lambda _node: None,
            stopped=lambda: False,
            most=1,
        )
        conduct = Conduct(document, saved, stage)
        verdict = conduct.run()
        if verdict.verb != "finish":
            raise Invalid(f"The demo's experiment did not finish: {verdict.detail}")
        draft = Snapshot(
            id="",
            workspace_id=self._workspace,
            family="",
            name=document.description,
            summary=summary,
            creator=self._owner,
        )
        with self._store.writing() as transaction:
            made = add_experiment(transaction, self._chance, draft, document)
            return keep_ended(transaction, made, list(conduct.nodes.values()))

    def _add(
        self, name: str, description: str, file: str, data_type: str, table: Table
    ) -> Saved:
        content = self._chance.hex(16)
        folder = self._content(content)
        folder.mkdir(mode=0o700, parents=True)
        text = write_delimited(table, FORMATS[TABLE_TYPES[data_type]])
        (folder / "original").write_bytes(text)
        facts = keep(folder, DATA, table)
        draft = Saved(
            id="",
            workspace_id=self._workspace,
            kind="dataset",
            family=hashlib.md5(
                f"{self._workspace} {name}".encode(), usedforsecurity=False
            ).hexdigest(),
            version=1,
            name=name,
            data_type=data_type,
            description=description,
            owner=self._owner,
            source_origin=SAMPLE,
            uploaded_from=file,
            size=len(text),
            content=content,
            digest=hashlib.sha256(text + data_type.encode()).hexdigest(),
            rows=facts.rows,
            columns=facts.columns,
        )
        with self._store.writing() as transaction:
            return add_saved(transaction, draft, prefix=SAMPLES_FROM)

    def _content(self, name: str) -> Path:
        return self._contents / name


def _here(task: ModuleTask, *, log: Log, stopped: Callable[[], bool]) -> Done:
    """Run a module in this very process: the demo's are our own, and small."""
    del log, stopped
    answer = perform(task, shelf)
    if isinstance(answer, Refused):
        raise answer.error()
    return answer
