"""Functions of whole frames: their columns are declared, or those of a sample."""

from pathlib import Path

import polars as pl
import pytest

from bramka.app.shared import new_scorer
from bramka.catalogue import shelf
from bramka.domain.errors import Invalid
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table
from bramka.studio.model_package import Offer, prepare_model
from bramka.studio.model_source import model_of
from bramka.studio.package_store import PackageStore
from bramka.studio.scorer import ScorerFunction

DECLARED = b"""
from typing import Annotated, TypedDict

import pandas as pd


class Flower(TypedDict):
    length: float
    kind: str


class Size(TypedDict):
    kind: str
    share: float


def share(flowers: Annotated[pd.DataFrame, Flower]) -> Annotated[pd.DataFrame, Size]:
    if (flowers["kind"] == "none").any():
        return flowers[["kind"]]
    return pd.DataFrame(
        {"share": flowers["length"] / flowers["length"].sum(), "kind": flowers["kind"]}
    ).set_index(pd.RangeIndex(10, 10 + len(flowers)))
"""
SAMPLED = b"""
import polars

Rows = polars.DataFrame


def totals(rows: Rows) -> "polars.DataFrame":
    return rows.group_by("kind", maintain_order=True).agg(polars.col("n").sum())
"""


def published(
    folder: Path, content: bytes, sample: Table | None = None, *, together: bool = False
) -> ScorerFunction:
    store = PackageStore(folder, None, new_scorer)
    offer = Offer(name="f", allow_code=True, together=together)
    package = prepare_model({"f.py": content}, offer, new_scorer, sample)
    function = store.load(store.keep(package), shelf())
    assert isinstance(function, ScorerFunction)
    return function


def scored(function: ScorerFunction, **cells: list[object]) -> pl.DataFrame:
    table = Table.of(pl.DataFrame(cells), function.definition.inputs[0].columns)
    return function.score({"input1": table}, {})["output1"].frame


def test_a_frame_of_pandas_has_the_columns_that_are_declared(tmp_path: Path) -> None:
    function = published(tmp_path, DECLARED)
    assert not function.row_wise
    found = scored(function, length=[1.0, 3.0], kind=["a", "ż"])
    assert found.to_dict(as_series=False) == {"kind": ["a", "ż"], "share": [0.25, 0.75]}
    with pytest.raises(ModuleError, match="'share' is missing"):
        scored(function, length=[1.0], kind=["none"])


def test_a_frame_of_polars_has_the_columns_of_its_sample(tmp_path: Path) -> None:
    sample = Table.of(pl.DataFrame({"kind": ["a", "a"], "n": [1, 2]}))
    function = published(tmp_path, SAMPLED, sample, together=True)
    [into], [out] = function.definition.inputs, function.definition.outputs
    assert [(each.name, each.type) for each in into.columns] == [
        ("kind", "String"),
        ("n", "Int64"),
    ]
    assert [each.name for each in out.columns] == ["kind", "n"]
    assert function.row_wise
    found = scored(function, kind=["a", "b", "a"], n=[1, 2, 3])
    assert found.to_dict(as_series=False) == {"kind": ["a", "b"], "n": [4, 2]}


def test_a_frame_without_columns_asks_for_a_sample() -> None:
    offer = Offer(name="f", allow_code=True)
    with pytest.raises(Invalid, match="give a sample"):
        prepare_model({"f.py": SAMPLED}, offer, new_scorer)


@pytest.mark.parametrize(
    ("source", "frames"),
    [
        ("import pandas as pd\ndef f(x: pd.DataFrame) -> pd.Series: ...", "pandas"),
        ("from polars import DataFrame\ndef f(x: DataFrame) -> int: ...", "polars"),
        ("import polars as p\ndef f(x: 'p.DataFrame') -> p.Series: ...", "polars"),
    ],
)
def test_whose_frame_it_is_stands_among_the_imports(source: str, frames: str) -> None:
    model, _ = model_of({"f.py": source.encode()})
    assert (model.frames, model.columns) == (frames, ())


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: DataFrame) -> int: ...",
        "import pandas as pd\ndef f(x: pd.DataFrame, y: int) -> int: ...",
        "import ray\ndef f(x: ray.DataFrame) -> int: ...",
    ],
)
def test_other_frames_are_no_types(source: str) -> None:
    with pytest.raises(Invalid, match="has the type"):
        model_of({"f.py": source.encode()})
