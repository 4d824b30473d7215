"""The second journey's training half: clean, split, train, score, evaluate."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder

from bramka.catalogue import shelf
from bramka.catalogue._learning import training
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
    OutputPort,
    port_id,
)
from bramka.domain.learning.module import Learnt
from bramka.domain.learning.table import Table
from bramka.studio.cache import FolderCache
from bramka.studio.run import Run, run
from bramka.studio.stand_ins import adult_census_income

LABEL = "income"
ROWS = 3000


def node(number: str, name: str, saved: str | None = None, **given: str) -> Node:
    module = shelf().find(name)
    return Node(
        id=number,
        module_id=shelf().module_id(name),
        module_parameters=tuple(
            ModuleParameter(name=key, value=value) for key, value in given.items()
        ),
        input_ports_internal=tuple(
            InputPort(
                name=port.name,
                node_id=number,
                data_source_id=saved if port.name == "Dataset" else None,
            )
            for port in module.inputs
        ),
        output_ports_internal=tuple(
            OutputPort(name=port.name, node_id=number) for port in module.outputs
        ),
    )


def edge(source: str, out: str, target: str, into: str) -> Edge:
    return Edge(
        source_output_port_id=port_id(source, out),
        destination_input_port_id=port_id(target, into),
    )


def experiment() -> Experiment:
    missing = {"Cleaning mode": "Remove entire row"}
    half = {"Fraction of rows in the first output dataset": "0.7", "Random seed": "7"}
    label = {"Label column": ColumnSelector.of_names(LABEL).stored()}
    nodes = (
        node("clean", "Clean Missing Data", saved="census", **missing),
        node("split", "Split Data", **half),
        node("trees", "Two-Class Boosted Decision Tree"),
        node("train", "Train Model", **label),
        node("score", "Score Model"),
        node("judge", "Evaluate Model"),
    )
    edges = (
        edge("clean", "Cleaned dataset", "split", "Dataset"),
        edge("trees", "Untrained model", "train", "Untrained model"),
        edge("split", "Results dataset1", "train", "Dataset"),
        edge("train", "Trained model", "score", "Trained model"),
        edge("split", "Results dataset2", "score", "Dataset"),
        edge("score", "Scored dataset", "judge", "Scored dataset"),
    )
    return Experiment(graph=Graph(module_nodes=nodes, edges_internal=edges))


@cache
def done() -> Run:
    finished = run(experiment(), shelf(), {"census": adult_census_income(ROWS)})
    finished.require_finished()
    return finished


def table(port: str) -> Table:
    value = done().outputs[port]
    assert isinstance(value, Table)
    return value


def encoded(rows: Table, known: Mapping[str, list[str]]) -> NDArray[np.float64]:
    parts = []
    for name in rows.names:
        if name in known:
            encoder = OneHotEncoder(
                categories=[known[name]], handle_unknown="ignore", sparse_output=False
            )
            parts.append(encoder.fit_transform(rows.frame[[name]].to_numpy()))
        elif name != LABEL:
            parts.append(rows.frame[[name]].cast(pl.Float64).to_numpy())
    return np.hstack(parts)


def test_the_area_under_the_curve_is_that_of_scikit_learn_called_directly() -> None:
    train, test = table("split:Results dataset1"), table("split:Results dataset2")
    known = {
        column.name: sorted(set(train.frame[column.name]))
        for column in train.columns
        if column.type == "String" and column.name != LABEL
    }
    rich = [(rows.frame[LABEL] == ">50K").to_numpy() for rows in (train, test)]
    direct = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=100,
        max_leaf_nodes=20,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )
    with training():
        direct.fit(encoded(train, known), rich[0])
    wanted = roc_auc_score(rich[1], direct.predict_proba(encoded(test, known))[:, 1])
    assert table("judge:Evaluation results").frame["AUC"].item() == pytest.approx(
        wanted, abs=1e-9
    )
    assert wanted > 0.8


def test_a_caller_with_one_row_gets_what_the_experiment_gave() -> None:
    model = done().outputs["train:Trained model"]
    assert isinstance(model, Learnt)
    rows = table("split:Results dataset2")
    module = shelf().find("Score Model")
    step = module.apply_row(rows.columns, module.settle({}), {"Trained model": model})
    assert step is not None
    found = [tuple(step.apply(row)) for row in rows.frame.rows()[:200]]
    assert found == table("score:Scored dataset").frame.rows()[:200]


def test_a_second_run_is_answered_from_the_cache(tmp_path: Path) -> None:
    data = {"census": adult_census_income(200)}
    kept = FolderCache(tmp_path)
    first = run(experiment(), shelf(), data, kept)
    again = run(experiment(), shelf(), data, kept)
    assert again.outputs == first.outputs
    assert all(outcome.cached for outcome in again.outcomes.values())
    value = again.outputs["judge:Evaluation results"]
    assert isinstance(value, Table)
