"""Train and use whatever stands on a port, by the module that made it."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bramka.catalogue._shelf import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    ModuleError,
    Ports,
    UntypedModule,
    Use,
)
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import learnt_on


def label_of(selector: ColumnSelector, table: Table, port: str = "Dataset") -> str:
    """The one column that is chosen; Error 0037 if there are more."""
    if not table.columns:
        raise ModuleError(3, f'Input "{port}" is null or empty.')
    names = selector.names(table.columns, port)
    if len(names) > 1:
        raise ModuleError(37, "Multiple label columns are specified.")
    return names[0]


def maker_of(learnt: Learnt, port: str) -> tuple[UntypedModule, Struct]:
    """The module that knows something learnt, and its settings there."""
    module = shelf().get(learnt.family)
    if module is None:
        raise ModuleError(13, f'Learner "{port}" has invalid type.')
    return module, module.settle(learnt.settings)


def trained(
    learnt: Learnt, table: Table, label: str | None, *, settings: Any = None
) -> Learnt:
    """A learner trained by its own module; Error 0013 if it cannot be trained."""
    module, chosen = maker_of(learnt, "Untrained model")
    if module.fit is None or learnt.type not in ("ILearner", "ICluster"):
        raise ModuleError(13, 'Learner "Untrained model" has invalid type.')
    if not table.columns:
        raise ModuleError(3, 'Input "Dataset" is null or empty.')
    if not table.height:
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of 1 row(s).",
        )
    return module.fit(learnt, chosen if settings is None else settings, table, label)


def used(learnt: Learnt, port: str = "Trained model") -> Use:
    """Something trained, made ready by its own module; Error 0013 if it is not."""
    module, chosen = maker_of(learnt, port)
    if module.use is None or not learnt.trained:
        raise ModuleError(13, f'Learner "{port}" has invalid type.')
    return module.use(learnt, chosen)


def learner_on(inputs: Ports, port: str = "Untrained model") -> Learnt:
    """The learner on a port; Error 0013 if something else stands there."""
    learnt = learnt_on(inputs, port)
    if learnt.type != "ILearner":
        raise ModuleError(13, f'Learner "{port}" has invalid type.')
    return learnt


def clustering_on(inputs: Ports, port: str) -> Learnt:
    """The clustering on a port; Error 0013 if something else stands there."""
    learnt = learnt_on(inputs, port)
    if learnt.type != "ICluster":
        raise ModuleError(13, f'Learner "{port}" has invalid type.')
    return learnt


def cluster_table(table: Table, columns: ColumnSelector) -> tuple[Table, str | None]:
    """The columns clusters are made of and the label, whose name is told besides."""
    if not table.columns:
        raise ModuleError(3, 'Input "Dataset" is null or empty.')
    chosen = columns.names(table.columns)
    labels = [column.name for column in table.columns if column.kind == "Label"]
    label = labels[0] if labels else None
    names = [name for name in chosen if name != label]
    return table.select(names + ([label] if label else [])), label


def kept_beside(
    columns: Sequence[Column], scores: Sequence[Column], label: str | None
) -> tuple[Column, ...]:
    """The dataset's columns that no score replaces, the label marked as such."""
    replaced = {column.name for column in scores}
    return tuple(
        replace(column, kind="Label") if column.name == label else column
        for column in columns
        if column.name not in replaced
    )


def beside(table: Table, scores: Table, label: str | None) -> Table:
    """The dataset with score columns behind it, as Score Model gives it."""
    kept = kept_beside(table.columns, scores.columns, label)
    # Not by a query: images have a hundred thousand columns.
    frame = frame_of([table.frame.get_column(each.name) for each in kept])
    return Table(frame, kept).append(scores)


def scored(learnt: Learnt, table: Table) -> Table:
    """The dataset with the scores of a trained learner."""
    return beside(table, used(learnt).apply(table), learnt.label)
