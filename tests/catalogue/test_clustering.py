from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import davies_bouldin_score
from tests.catalogue.learning import learner, run

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.parameter import Setting
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Value

EVERYTHING = ColumnSelector.of_types("All", kind="All").stored()


def points(labels: Sequence[str | None] | None = None) -> Table:
    """Three heaps, each of four points."""
    frame = pl.DataFrame(
        {
            "x": [0.0, 0.0, 1.0, 1.0, 9.0, 9.0, 10.0, 10.0, 0.0, 0.0, 1.0, 1.0],
            "y": [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 9.0, 10.0, 9.0, 10.0],
        }
    )
    if labels is None:
        return Table.of(frame)
    return Table.of(
        frame.with_columns(pl.Series("heap", labels)),
        [Column(name="heap", kind="Label")],
    )


def train(table: Table, **given: Setting) -> tuple[Learnt, Table]:
    inputs: dict[str, Value] = {
        "Untrained model": learner("K-Means Clustering", **given),
        "Dataset": table,
    }
    model, result = run(
        "Train Clustering Model", inputs, column_set=EVERYTHING
    ).values()
    assert isinstance(model, Learnt)
    assert isinstance(result, Table)
    return model, result


def heaps(result: Table) -> list[list[int]]:
    assignments = result.frame["Assignments"].to_list()
    return [assignments[start : start + 4] for start in (0, 4, 8)]


@pytest.mark.parametrize("start", ["K-Means++", "K-Means++ Fast", "Random", "Evenly"])
def test_heaps_are_found_from_any_start(start: str) -> None:
    _, result = train(
        points(), number_of_centroids=3, initialization=start, random_number_seed=3
    )
    assert all(len(set(heap)) == 1 for heap in heaps(result))


def test_the_first_rows_and_labels_can_be_the_start() -> None:
    _, result = train(points(), initialization="First N")
    assert result.frame["Assignments"].n_unique() == 2
    labels = ["a"] * 4 + ["c"] * 4 + ["b"] * 4
    given: dict[str, Setting] = {
        "number_of_centroids": 3,
        "initialization": "Use label column",
    }
    _, result = train(points(labels), **given)
    assert heaps(result) == [[0] * 4, [2] * 4, [1] * 4]
    with pytest.raises(ModuleError, match="Error 0024"):
        train(points(), **given)


def test_clusters_can_fill_or_replace_labels() -> None:
    labels = ["a", "b", None, "a", None, "c", "c", None, "d", None, None, None]
    given: dict[str, Setting] = {"number_of_centroids": 3, "random_number_seed": 3}
    _, ignored = train(points(labels), **given)
    assert ignored.frame["heap"].to_list() == labels
    _, filled = train(points(labels), assign_label_mode="Fill missing values", **given)
    assert filled.frame["heap"].to_list()[1] == "b"
    assert filled.frame["heap"].to_list()[4:] == ["c"] * 4 + ["d"] * 4
    model, replaced = train(
        points(labels), assign_label_mode="Overwrite from closest to center", **given
    )
    assert replaced.frame["heap"].n_unique() == 3
    inputs: dict[str, Value] = {"Trained model": model, "Dataset": points(labels)}
    assert run("Assign Data to Clusters", inputs)["Results dataset"] == replaced


def test_directions_can_count_instead_of_places() -> None:
    frame = pl.DataFrame({"x": [1.0, 5.0, 0.1, 0.0], "y": [0.0, 0.1, 1.0, 7.0]})
    _, result = train(Table.of(frame), metric="Cosine")
    first, second, third, fourth = result.frame["Assignments"].to_list()
    assert first == second != third == fourth
    assert (
        result.frame.select(pl.col("^Distances.*$").max()).max_horizontal().item() <= 1
    )


def test_rows_that_miss_a_value_belong_to_no_cluster() -> None:
    table = points()
    holes = Table(pl.concat([table.frame, table.frame.clear(1)]), table.columns)
    _, result = train(holes)
    assert result.frame["Assignments"].null_count() == 1


def test_more_clusters_than_rows_are_refused() -> None:
    with pytest.raises(ModuleError, match=r"Error 0021: .*minimum of 20 row"):
        train(points(), number_of_centroids=20)


@pytest.mark.parametrize(
    "measure", ["Simplified Silhouette", "Davies-Bouldin", "Dunn", "Average Deviation"]
)
def test_a_sweep_finds_how_many_heaps_there_are(measure: str) -> None:
    inputs: dict[str, Value] = {
        "Untrained model": learner(
            "K-Means Clustering",
            range_for_number_of_centroids="2; 3",
            number_of_seeds_to_sweep=3,
        ),
        "Dataset": points(),
    }
    best, result, sweep = run(
        "Sweep Clustering",
        inputs,
        column_set=EVERYTHING,
        specify_parameter_sweeping_mode="Entire grid",
        metric_for_measuring_clustering_result=measure,
    ).values()
    assert isinstance(best, Learnt)
    assert isinstance(result, Table)
    assert isinstance(sweep, Table)
    assert sweep.height == 6
    assert sweep.frame["Number of centroids"][0] == 3
    assert all(len(set(heap)) == 1 for heap in heaps(result))


def test_how_far_clusters_lie_apart_is_told_as_by_scikit_learn() -> None:
    draw = np.random.default_rng(4)
    heaps = draw.normal(size=(60, 2)) + 4 * draw.integers(0, 2, (60, 2))
    table = Table.of(pl.DataFrame(heaps, schema=["x", "y"]))
    once = learner(
        "K-Means Clustering",
        range_for_number_of_centroids="4",
        number_of_seeds_to_sweep=1,
    )
    _, result, sweep = run(
        "Sweep Clustering",
        {"Untrained model": once, "Dataset": table},
        column_set=EVERYTHING,
        specify_parameter_sweeping_mode="Entire grid",
        metric_for_measuring_clustering_result="Davies-Bouldin",
    ).values()
    assert isinstance(result, Table)
    assert isinstance(sweep, Table)
    expected = davies_bouldin_score(heaps, result.frame["Assignments"].to_numpy())
    assert sweep.frame["Cluster metric"].item() == pytest.approx(expected)


def test_a_sweep_may_draw_what_it_tries() -> None:
    inputs: dict[str, Value] = {
        "Untrained model": learner("K-Means Clustering"),
        "Dataset": points(),
    }
    *_, sweep = run("Sweep Clustering", inputs, column_set=EVERYTHING).values()
    assert isinstance(sweep, Table)
    assert sweep.height == 5
    with pytest.raises(ModuleError, match="Error 0013"):
        run(
            "Sweep Clustering",
            {**inputs, "Untrained model": learner("Linear Regression")},
            column_set=EVERYTHING,
        )
