"""A training experiment turned into a predictive one scores as the training did."""

from functools import cache
from typing import Any

import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.errors import Invalid
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.experiment import check
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
from bramka.studio.package_folder import Contents
from bramka.studio.predictive import predictive
from bramka.studio.run import Run, run
from bramka.studio.scoring_function import scoring_function
from bramka.studio.scoring_route import route_of

FEATURES = ColumnSelector.of_names("x", "z").stored()
LABEL = ColumnSelector.of_names("y").stored()
EDGES = (
    "clean:Cleaned dataset > split:Dataset",
    "trees:Untrained model > train:Untrained model",
    "split:Results dataset1 > train:Dataset",
    "train:Trained model > score:Trained model",
    "split:Results dataset2 > score:Dataset",
    "train:Trained model > again:Trained model",
    "split:Results dataset1 > again:Dataset",
    "score:Scored dataset > judge:Scored dataset",
)


def node(name: str, module: str, saved: str | None = None, **given: str) -> Node:
    return Node(
        id=name,
        module_id=shelf().module_id(module),
        module_parameters=tuple(
            ModuleParameter(name=key.replace("_", " "), value=value)
            for key, value in given.items()
        ),
        input_ports_internal=tuple(
            InputPort(
                name=port.name,
                node_id=name,
                data_source_id=saved if port.name == "Dataset" else None,
            )
            for port in shelf().find(module).inputs
        ),
    )


def experiment(cleaned: str = FEATURES, *more: Node, edges: Any = EDGES) -> Experiment:
    mean = {"Columns to be cleaned": cleaned, "Cleaning mode": "Replace with mean"}
    nodes = (
        node("clean", "Clean Missing Data", "rows", **mean),
        node("split", "Split Data"),
        node("trees", "Two-Class Boosted Decision Tree"),
        node("train", "Train Model", Label_column=LABEL),
        node("score", "Score Model"),
        node("again", "Score Model"),
        node("judge", "Evaluate Model"),
        *more,
    )
    wired = (text.split(" > ") for text in edges)
    return Experiment(
        description="Rows",
        graph=Graph(
            module_nodes=nodes,
            edges_internal=tuple(
                Edge(source_output_port_id=source, destination_input_port_id=target)
                for source, target in wired
            ),
        ),
    )


def rows() -> Table:
    return Table.of(
        pl.DataFrame(
            {
                "x": [None if n % 17 == 0 else float(n % 40) for n in range(200)],
                "z": [float((n * 7) % 11) for n in range(200)],
                "y": [(n % 40) > 15 for n in range(200)],
            }
        )
    )


@cache
def trained() -> Run:
    done = run(experiment(), shelf(), {"rows": rows()})
    done.require_finished()
    return done


def converted(without: str | None = None) -> tuple[Experiment, dict[str, Value]]:
    route = route_of(experiment(), shelf())
    ids = {each.port: f"id of {each.port}" for each in route.learned}
    saved = {ids[port]: trained().outputs[port] for port in ids}
    made = predictive(experiment(), shelf(), route, ids, without)
    return made, {**saved, "rows": rows()}


def test_only_what_scores_stays() -> None:
    made, _ = converted()
    check(made, shelf())
    names = {n.id: shelf().find(n.module_id).name for n in made.graph.module_nodes}
    assert names == {"clean": "Apply Transformation", "score": "Score Model"}
    assert made.description == "Rows [Predictive Exp.]"
    assert [port.port_id for port in made.web_service.inputs] == ["clean:Dataset"]
    assert [port.port_id for port in made.web_service.outputs] == [
        "score:Scored dataset"
    ]


def test_what_was_learnt_is_named_after_the_experiment() -> None:
    found = {
        each.port: (each.kind, each.name)
        for each in route_of(experiment(), shelf()).learned
    }
    assert found == {
        "train:Trained model": ("model", "Rows [trained model]"),
        "clean:Cleaning transformation": ("transform", "Rows [trained transform]"),
    }


def test_the_label_is_dropped_before_callers_come_in() -> None:
    made, saved = converted(without="y")
    check(made, shelf())
    done = run(made, shelf(), saved)
    package = prepare(made, done, shelf())
    [port] = package.contents.definition.inputs
    assert [column.name for column in port.columns] == ["x", "z"]


@pytest.mark.parametrize("without", [None, "y"])
def test_it_scores_as_the_training_experiment_did(without: str | None) -> None:
    made, saved = converted(without)
    done = run(made, shelf(), saved)
    done.require_finished()
    package = prepare(made, done, shelf())
    assert isinstance(package.contents, Contents)
    parts = {
        part.port: done.inputs.get(part.port) or done.outputs[part.port]
        for part in package.contents.parts
    }
    function = scoring_function(
        package.contents.experiment, shelf(), package.contents.definition, parts
    )
    scored = function.score({"input1": rows()}, {})["output1"].frame
    test = trained().outputs["score:Scored dataset"]
    assert isinstance(test, Table)
    chosen = trained().outputs["split:Results dataset2"]
    assert isinstance(chosen, Table)
    given = Table.of(chosen.frame)
    again = function.score({"input1": given}, {})["output1"].frame
    assert scored.height == 200
    assert again["Scored Probabilities"].equals(test.frame["Scored Probabilities"])
    assert function.row_wise


def test_of_two_models_one_must_be_chosen() -> None:
    edges = (
        *EDGES[:5],
        "trees:Untrained model > other:Untrained model",
        "split:Results dataset1 > other:Dataset",
        "other:Trained model > again:Trained model",
        "split:Results dataset2 > again:Dataset",
    )
    other = node("other", "Train Model", Label_column=LABEL)
    two = experiment(FEATURES, other, edges=edges)
    with pytest.raises(Invalid, match="'other', 'train'"):
        route_of(two, shelf())
    assert route_of(two, shelf(), "other").score == "again"
    with pytest.raises(Invalid, match="'split' trains"):
        route_of(two, shelf(), "split")


def test_without_a_trained_model_there_is_nothing_to_predict_with() -> None:
    lone = experiment(edges=EDGES[:1])
    with pytest.raises(Invalid, match="Score Model"):
        route_of(lone, shelf())


def test_a_vocabulary_that_was_learnt_is_read_only_in_the_service() -> None:
    edges = [each for each in EDGES if not each.startswith("clean:")]
    edges += ["clean:Cleaned dataset > grams:Dataset"]
    edges += ["grams:Results dataset > split:Dataset"]
    texts = node("grams", "Extract N-Gram Features from Text", Vocabulary_mode="Create")
    graph = experiment(FEATURES, texts, edges=edges)
    route = route_of(graph, shelf())
    learned = {each.port: each for each in route.learned}
    told = learned["grams:Result vocabulary"]
    assert (told.kind, told.name) == ("dataset", "Rows [vocabulary]")
    made = predictive(
        graph, shelf(), route, {port: f"id of {port}" for port in learned}
    )
    grams = next(each for each in made.graph.module_nodes if each.id == "grams")
    given = {each.name: each.value for each in grams.module_parameters}
    assert given["Vocabulary mode"] == "ReadOnly"
    ports = {each.name: each.data_source_id for each in grams.input_ports_internal}
    assert ports["Input vocabulary"] == "id of grams:Result vocabulary"
