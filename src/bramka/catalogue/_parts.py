"""Learners made of binary learners: one answers for each class or each step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix, feature_names
from bramka.catalogue._learning import UNTRAINED
from bramka.catalogue._scores import SCORED_PROBABILITIES, Scores, Task, scores_of
from bramka.catalogue._state import state_bytes, state_from
from bramka.catalogue._training import learner_on, trained, used
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
from bramka.domain.learning.table import Column, Table

PART = "Untrained binary classification model"


class NoSettings(Struct, frozen=True, kw_only=True):
    """There is nothing to set."""


@dataclass(frozen=True, kw_only=True)
class PartsLearner:
    """A learner that trains its part on several yes-or-no questions.

    `questions` gives each row's answers from the number of its class, `combine` makes
    probabilities of classes of the parts' probabilities.
    """

    name: str
    family: str
    category: str
    task: Task
    questions: Callable[[NDArray[Any], int], list[NDArray[Any]]]
    combine: Callable[[Matrix], Matrix]

    @property
    def module(self) -> Module[NoSettings]:
        """The module that gives this learner untrained."""
        return Module(
            name=self.name,
            family=self.family,
            category=f"Machine Learning / Initialize Model / {self.category}",
            settings=NoSettings,
            inputs=(ModulePort(PART, "ILearner"),),
            outputs=(ModulePort(UNTRAINED, "ILearner"),),
            run=self._run,
            fit=self._fit,
            use=self._use,
        )

    def _run(self, inputs: Ports, _settings: NoSettings) -> Ports:
        part = learner_on(inputs, PART)
        return {UNTRAINED: Learnt(type="ILearner", family=self.family, parts=(part,))}

    def _fit(
        self, learnt: Learnt, _settings: NoSettings, table: Table, label: str | None
    ) -> Learnt:
        if label is None:
            raise ModuleError(24, 'There is no label column in "Dataset".')
        labelled = table.series(label).is_not_null()
        if labelled.sum() < 2:
            raise ModuleError(
                134, "Label column is missing or has less than 2 labeled rows."
            )
        scores, codes = scores_of(self.task, self.name, table, label)
        known = Table(table.frame.filter(labelled), table.columns)
        parts = tuple(
            _part(learnt.parts[0], known, label, answers)
            for answers in self.questions(codes, len(scores.classes))
        )
        columns = [table.column(each) for each in (*feature_names(table, label), label)]
        state = state_bytes({"scores": scores.stored()})
        return replace(learnt.taught(state, columns, label), parts=parts)

    def _use(self, learnt: Learnt, _settings: NoSettings) -> Use:
        if learnt.state is None:
            raise ModuleError(13, 'Learner "Trained model" has invalid type.')
        scores = Scores.read(state_from(learnt.state)["scores"])
        return _use(scores, [used(part) for part in learnt.parts], self.combine)


def _part(learnt: Learnt, table: Table, label: str, answers: NDArray[Any]) -> Learnt:
    """A part trained on one question; Error 0013 if it does not tell two classes."""
    frame = table.frame.with_columns(pl.Series(label, answers))
    columns = [
        Column(name=label, type="Boolean", kind=each.kind)
        if each.name == label
        else each
        for each in table.columns
    ]
    model = trained(learnt, Table(frame, tuple(columns)), label)
    if SCORED_PROBABILITIES not in used(model).apply(table.slice(0, 0)).names:
        raise ModuleError(13, f'Learner "{PART}" has invalid type.')
    return model


def _use(scores: Scores, parts: list[Use], combine: Callable[[Matrix], Matrix]) -> Use:
    def apply(table: Table) -> Table:
        told = [part.apply(table).frame[SCORED_PROBABILITIES] for part in parts]
        known = told[0].is_not_null().to_numpy()
        raw = np.column_stack([each.fill_null(0.5).to_numpy() for each in told])
        if not len(raw):
            return scores.missing(0)
        result = scores.table(combine(raw))
        if known.all():
            return result
        frame = result.frame.select(pl.when(pl.Series(known)).then(pl.all()))
        return Table(frame, result.columns)

    def row(columns: Sequence[Column]) -> RowStep | None:
        steps = [part.row(columns) if part.row else None for part in parts]
        if not all(steps):
            return None
        cells = scores.quick_cells()
        none = [None] * len(scores.columns)

        def score(given: Sequence[Cell]) -> Sequence[Cell]:
            told = [step.apply(given)[1] for step in steps if step]
            if None in told:
                return none
            return cells(combine(np.array([told], dtype=np.float64))[0].tolist())

        return RowStep(scores.columns, score)

    return Use(apply=apply, row=row)


def shares(scores: Matrix) -> Matrix:
    """Scores cut to sum to one a row, added up in order; of nothing all are equal."""
    total = scores[:, 0].copy()
    for column in range(1, scores.shape[1]):
        total += scores[:, column]
    equal = np.full_like(scores, 1 / scores.shape[1])
    return np.divide(scores, total[:, None], out=equal, where=total[:, None] > 0)
