"""Iris as people make it in the studio: trained, and turned into a service."""

import polars as pl
from sklearn.datasets import load_iris

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
)
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value
from bramka.studio.package import prepare
from bramka.studio.package_folder import Package
from bramka.studio.predictive import predictive
from bramka.studio.run import run
from bramka.studio.scoring_route import route_of

NAMES = ["length", "width", "petal length", "petal width"]


def iris_experiment() -> Package:
    """Trained as people train it, then turned predictive without the label."""
    rows, kinds = load_iris(return_X_y=True)
    table = Table.of(
        pl.DataFrame(
            {
                **{name: rows[:, place] for place, name in enumerate(NAMES)},
                "kind": [f"kind {each}" for each in kinds],
            }
        )
    )
    label = ColumnSelector.of_names("kind").stored()
    training = Experiment(
        description="iris",
        graph=Graph(
            module_nodes=(
                _node("learner", "Multiclass Logistic Regression"),
                _node("train", "Train Model", "iris", **{"Label column": label}),
                _node("score", "Score Model", "iris"),
            ),
            edges_internal=(
                _edge("learner:Untrained model", "train:Untrained model"),
                _edge("train:Trained model", "score:Trained model"),
            ),
        ),
    )
    saved: dict[str, Value] = {"iris": table}
    done = run(training, shelf(), saved)
    done.require_finished()
    route = route_of(training, shelf())
    ids = {each.port: each.port for each in route.learned}
    saved |= {name: done.outputs[port] for port, name in ids.items()}
    experiment = predictive(training, shelf(), route, ids, "kind")
    return prepare(experiment, run(experiment, shelf(), saved), shelf())


def _node(name: str, module: str, data: str | None = None, **given: str) -> Node:
    found = shelf().find(module)
    return Node(
        id=name,
        module_id=shelf().module_id(module),
        module_parameters=tuple(
            ModuleParameter(name=key, value=value) for key, value in given.items()
        ),
        input_ports_internal=tuple(
            InputPort(
                name=port.name,
                node_id=name,
                data_source_id=data if port.name == "Dataset" else None,
            )
            for port in found.inputs
        ),
    )


def _edge(source: str, target: str) -> Edge:
    return Edge(source_output_port_id=source, destination_input_port_id=target)
