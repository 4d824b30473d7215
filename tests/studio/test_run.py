from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from bramka.catalogue import shelf
from bramka.domain.errors import Invalid
from bramka.domain.learning.graph import Experiment, ModuleParameter
from bramka.domain.learning.table import Table
from bramka.studio.cache import FolderCache
from bramka.studio.run import run
from bramka.studio.samples import simple_feature_hashing_experiment

DATA = Table.of(pl.DataFrame({"Col1": [5, 1], "Col2": ["This is a good day", None]}))
ARTICLE = simple_feature_hashing_experiment("reviews")


def with_bits(bits: str) -> Experiment:
    graph = ARTICLE.graph
    select, hashing = graph.module_nodes
    parameters = tuple(
        replace(each, value=bits) if each.name == "Hashing bitsize" else each
        for each in hashing.module_parameters
    )
    nodes = select, replace(hashing, module_parameters=parameters)
    return replace(ARTICLE, graph=replace(graph, module_nodes=nodes))


def test_the_articles_experiment_gives_the_articles_numbers() -> None:
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    assert done.finished
    assert done.inputs["1:Dataset"] == DATA
    hashed = done.outputs["2:Transformed dataset"]
    assert isinstance(hashed, Table)
    assert hashed.frame.rows() == [
        ("This is a good day", 1, 1, 2, 2, 0, 2, 0, 1),
        (None, 0, 0, 0, 0, 0, 0, 0, 0),
    ]


def test_a_refusal_fails_its_node_and_those_behind_it_do_not_start() -> None:
    bare = Table.of(pl.DataFrame({"Col1": [5]}))
    done = run(ARTICLE, shelf(), {"reviews": bare})
    assert [outcome.state for outcome in done.outcomes.values()] == [
        "Failed",
        "NotStarted",
    ]
    assert not done.finished
    with pytest.raises(Invalid, match="Node '1' failed: Error 0001: Column with name"):
        done.require_finished()


def test_a_lost_dataset_fails_its_node() -> None:
    done = run(ARTICLE, shelf(), {})
    assert done.outcomes["1"].message == "There is no saved 'reviews'; was it deleted?"


def test_an_invalid_graph_does_not_start() -> None:
    with pytest.raises(Invalid, match=r"The experiment cannot run\. Node '2'"):
        run(with_bits("32"), shelf(), {"reviews": DATA})


def cached(
    experiment: Experiment, folder: Path, data: Mapping[str, Table] | None = None
) -> list[bool]:
    done = run(experiment, shelf(), data or {"reviews": DATA}, FolderCache(folder))
    assert done.outputs == run(experiment, shelf(), data or {"reviews": DATA}).outputs
    return [outcome.cached for outcome in done.outcomes.values()]


def test_what_did_not_change_is_answered_from_the_cache(tmp_path: Path) -> None:
    assert cached(ARTICLE, tmp_path) == [False, False]
    assert cached(ARTICLE, tmp_path) == [True, True]
    assert cached(with_bits("4"), tmp_path) == [True, False]
    other = Table.of(pl.DataFrame({"Col1": [5], "Col2": ["other"]}))
    assert cached(ARTICLE, tmp_path, {"reviews": other}) == [False, False]


def test_a_default_and_the_same_value_are_one_to_the_cache(tmp_path: Path) -> None:
    cached(with_bits("10"), tmp_path)
    graph = ARTICLE.graph
    select, hashing = graph.module_nodes
    kept: tuple[ModuleParameter, ...] = hashing.module_parameters[:1]
    nodes = select, replace(hashing, module_parameters=kept)
    plain = replace(ARTICLE, graph=replace(graph, module_nodes=nodes))
    assert cached(plain, tmp_path) == [True, True]


def test_other_code_is_another_key(tmp_path: Path) -> None:
    cached(ARTICLE, tmp_path)
    newer = type(shelf())(
        {shelf().file_of(module): module for module in shelf().values()}, "newer"
    )
    done = run(ARTICLE, newer, {"reviews": DATA}, FolderCache(tmp_path))
    assert not any(outcome.cached for outcome in done.outcomes.values())


def test_a_result_cut_off_by_a_power_failure_is_made_again(tmp_path: Path) -> None:
    cached(ARTICLE, tmp_path)
    for file in tmp_path.glob("*/*.parquet"):
        file.write_bytes(file.read_bytes()[:40])
    assert cached(ARTICLE, tmp_path) == [False, False]
    assert cached(ARTICLE, tmp_path) == [True, True]


def test_a_draft_left_by_a_crash_is_no_result(tmp_path: Path) -> None:
    cached(ARTICLE, tmp_path)
    names = [path.name for path in tmp_path.iterdir()]
    assert len(names) == 2
    assert not [name for name in names if name.startswith(".")]
    FolderCache(tmp_path).keep(names[0], {"Results dataset": DATA})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
