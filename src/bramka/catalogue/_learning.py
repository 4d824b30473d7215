"""Learners in few lines: what they train on, what they give, and how both are kept.

A learner's file says how it trains (numbers in, plain data out) and how what it learnt
scores rows; everything around that, the same for all, stands here.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, Generic, TypeVar

import numpy as np
import polars as pl
from msgspec import Meta, Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from bramka.catalogue._chance import LEAST_SEED, natural
from bramka.catalogue._encoding import Encoding, Scaling
from bramka.catalogue._feature_rows import quick_numbers
from bramka.catalogue._features import (
    Mask,
    Matrix,
    encoding_of,
    feature_names,
    matrix_of,
)
from bramka.catalogue._libraries import threadpoolctl
from bramka.catalogue._ranges import first_of_ranges
from bramka.catalogue._scorers import Scorer
from bramka.catalogue._scores import (
    NUMBER_TASKS,
    Scores,
    Task,
    require_room,
    scores_of,
    unfit,
    unlearnable,
)
from bramka.catalogue._state import state_bytes, state_from
from bramka.catalogue._weights import weighing, weight_name, weights_of
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
    Use,
)
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Order

UNTRAINED = "Untrained model"

Seed = Annotated[
    int,
    Meta(
        ge=LEAST_SEED,
        le=4294967295,
        description="The same seed gives the same model.",
    ),
]
Unknown = Annotated[
    bool,
    Meta(
        description="Let rows hold levels that were not there at the training; such a "
        "level counts as none of the known ones."
    ),
]
S = TypeVar("S", bound=Struct)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a learner trains on: numbers of complete rows, and what they tell.

    `targets` are numbers of classes for classifiers, nothing (zeros) for detectors;
    `weights`, if there are any, what each row weighs.
    """

    rows: Matrix
    targets: NDArray[Any]
    classes: int = 0
    seed: int = 0
    weights: Matrix | None = None


@dataclass(frozen=True, kw_only=True)
class Learner(Generic[S]):
    """A way to learn: `train` gives data, `ready` makes a scorer of it.

    `gaps` says that rows may miss numbers; else such rows are left out of the training
    and get no score. `weighs` says that a column of weights is heeded.
    """

    task: Task
    train: Callable[[Sample, S], object]
    ready: Callable[[Any], Scorer]
    scaling: Callable[[S], Scaling] = lambda _settings: "none"
    quantiles: Callable[[S], tuple[float, ...]] = lambda _settings: ()
    gaps: bool = False
    weighs: bool = False


def learner_module(
    learner: Learner[S],
    *,
    name: str,
    family: str,
    category: str,
    settings: type[S],
    aliases: tuple[str, ...] = (),
) -> Module[S]:
    """The module that gives this learner untrained."""

    def run(_inputs: Ports, chosen: S) -> Ports:
        return {
            UNTRAINED: Learnt(type="ILearner", family=family, settings=stored(chosen))
        }

    def fit(learnt: Learnt, chosen: S, table: Table, label: str | None) -> Learnt:
        chosen = first_of_ranges(chosen)
        return _fitted(learner, name, learnt, chosen, (table, label))

    def use(learnt: Learnt, _chosen: S) -> Use:
        return _used(learner, learnt)

    return Module(
        name=name,
        family=family,
        category=f"Machine Learning / Initialize Model / {category}",
        settings=settings,
        inputs=(),
        outputs=(ModulePort(UNTRAINED, "ILearner"),),
        run=run,
        fit=fit,
        use=use,
        aliases=aliases,
    )


@contextmanager
def training() -> Iterator[None]:
    """Where training runs: on one thread, as sums of several end in another last bit.

    It ends where the settings say; that it could go on is no news.
    """
    # Only what is loaded can be held to one thread.
    import_module("sklearn.utils._openmp_helpers")
    with warnings.catch_warnings(), threadpoolctl.threadpool_limits(limits=1):
        warnings.simplefilter("ignore")
        yield


def _fitted(
    learner: Learner[S],
    name: str,
    learnt: Learnt,
    settings: S,
    given: tuple[Table, str | None],
) -> Learnt:
    table, label = given
    if learner.task != "anomaly":
        table = _labelled(learner.task, table, label)
    elif label is not None:
        raise unfit(name, "It expects no label.")
    weight = weight_name(table) if learner.weighs else None
    if weight is not None:
        table = weighing(table, weight, name)
    names = feature_names(table, label)
    encoding = encoding_of(
        table,
        names,
        scaling=learner.scaling(settings),
        unknown=getattr(settings, "unknown", True),
    )
    rows, complete = matrix_of(encoding, table)
    if not learner.gaps:
        rows = rows[complete]
        table = Table(table.frame.filter(pl.Series(complete)), table.columns)
    if not rows.size:
        raise unfit(name, "Every row misses a value, or every column all of them.")
    scores, targets = scores_of(learner.task, name, table, label)
    require_room(len(rows), len(scores.classes))
    scores = replace(scores, quantiles=learner.quantiles(settings))
    sample = Sample(
        rows=rows,
        targets=targets,
        classes=len(scores.classes),
        seed=natural(getattr(settings, "seed", 0)),
        weights=weights_of(table, weight),
    )
    try:
        with training():
            model = learner.train(sample, settings)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise unlearnable(name, rows, error) from error
    state = {"encoding": encoding.stored(), "scores": scores.stored(), "model": model}
    columns = [table.column(each) for each in (*names, *([label] if label else []))]
    return learnt.taught(state_bytes(state), columns, label)


def _labelled(task: Task, table: Table, label: str | None) -> Table:
    """The rows that have a label; Errors 0024 and 0134 if there are none or too few."""
    if label is None:
        raise ModuleError(24, 'There is no label column in "Dataset".')
    labelled = table.series(label).is_not_null()
    needed = 1 if task in NUMBER_TASKS else 2
    if labelled.sum() < needed:
        raise ModuleError(
            134, f"Label column is missing or has less than {needed} labeled rows."
        )
    return Table(table.frame.filter(labelled), table.columns)


@dataclass(frozen=True)
class Trained:
    """A trained learner, read: from cells to raw scores to score columns."""

    encoding: Encoding
    scores: Scores
    scorer: Scorer
    gaps: bool

    def apply(self, table: Table) -> Table:
        return self._told(*matrix_of(self.encoding, table))

    def shuffled(self, table: Table, orders: Iterable[Order]) -> Iterator[Table]:
        """The scores with a column in another order; the rows are read once."""
        rows, _ = matrix_of(self.encoding, table)
        gaps = {each.name: _gaps(table, each.name) for each in self.encoding.features}
        missing = np.sum(list(gaps.values()), axis=0)
        for name, order in orders:
            part = self.encoding.part(name)
            before = rows[:, part].copy()
            rows[:, part] = before[order]
            own = gaps[name]
            yield self._told(rows, missing - own + own[order] == 0)
            rows[:, part] = before

    def _told(self, rows: Matrix, complete: Mask) -> Table:
        height = len(rows)
        if self.gaps:
            complete = np.ones(height, dtype=np.bool_)
        if not height or not complete.any():
            return self.scores.missing(height)
        if complete.all():
            return self.scores.table(self.scorer.batch(rows))
        return _spread(self.scores.table(self.scorer.batch(rows[complete])), complete)

    def row(self, columns: Sequence[Column]) -> RowStep:
        numbers = quick_numbers(self.encoding, columns)
        score, cells = self.scorer.row, self.scores.quick_cells()
        gaps = self.gaps
        none = [None] * len(self.scores.columns)

        def scored(given: Sequence[Cell]) -> Sequence[Cell]:
            row, complete = numbers(given)
            if complete or gaps:
                return cells(score(row))
            return none

        return RowStep(self.scores.columns, scored)


def _used(learner: Learner[Any], learnt: Learnt) -> Use:
    trained = read_trained(learner, learnt)
    return Use(apply=trained.apply, row=trained.row, shuffled=trained.shuffled)


def read_trained(learner: Learner[Any], learnt: Learnt) -> Trained:
    """What a trained learner holds; Error 0013 if it is not trained."""
    if learnt.state is None:
        raise ModuleError(13, 'Learner "Trained model" has invalid type.')
    state = state_from(learnt.state)
    return Trained(
        Encoding.read(state["encoding"]),
        Scores.read(state["scores"]),
        learner.ready(state["model"]),
        learner.gaps,
    )


def _gaps(table: Table, name: str) -> NDArray[np.int8]:
    """1 for each row where the column misses its value."""
    return table.series(name).is_null().to_numpy().astype(np.int8)


def _spread(scored: Table, complete: Mask) -> Table:
    """The scores at the rows that have some, missing ones between."""
    places = np.full(len(complete), -1)
    places[complete] = np.arange(scored.height)
    index = pl.Series(places).replace(-1, None)
    return Table(scored.frame.select(pl.all().gather(index)), scored.columns)
