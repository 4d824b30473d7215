"""Models of other makers: packed without running them here, called in a scorer."""

import json
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from msgspec.structs import replace
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from skops import io as skops_io

from bramka.app.clock import SystemClock
from bramka.app.shared import SCORER, new_scorer
from bramka.catalogue import shelf
from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Loaded
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table
from bramka.studio.compiled_function import CompiledFunction
from bramka.studio.model_package import Offer, prepare_model
from bramka.studio.model_source import model_of
from bramka.studio.package_store import PackageStore
from bramka.studio.scorer import Scorer, ScorerFunction

NAMES = ["length", "width", "petal length", "petal width"]
CODE = b'''
import ctypes
import os
import socket
import time


class Told(dict):
    """What is given."""

    area: float
    note: str


def area(width: int, height: float, note: str) -> Told:
    if note == "die":
        os.kill(os.getpid(), 9)
    if note == "parent":
        os.kill(os.getppid(), 0)
    if note == "thread of parent":
        kernel = ctypes.CDLL(None, use_errno=True)
        if kernel.tgkill(os.getppid(), os.getppid(), 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if note == "sleep":
        time.sleep(60)
    if note == "close":
        os.closerange(3, 50)
        time.sleep(600)
    for place in range(3, 50) if note == "boast" else ():
        try:
            os.write(place, bytes([255]) * 16)
        except OSError:
            pass
    if note == "network":
        socket.create_connection(("127.0.0.1", 1), 1)
    if note.startswith("/"):
        open(note)
    if note == "environment":
        note = ",".join(sorted(os.environ))
    if note == "place":
        note = os.getcwd()
    print("a model may print what it likes")
    return Told(area=width * height, note=note)
'''
TRUSTED = Offer(name="area", allow_code=True)


def iris() -> tuple[Any, Any]:
    rows, kinds = load_iris(return_X_y=True)
    return rows, kinds


def published(
    folder: Path, files: dict[str, bytes], offer: Offer, sample: Table | None = None
) -> ScorerFunction | CompiledFunction:
    """The function of a package that was written and loaded again."""
    store = PackageStore(folder, None, new_scorer)
    name = store.keep(prepare_model(files, offer, new_scorer, sample))
    function = store.load(name, shelf())
    assert isinstance(function, ScorerFunction | CompiledFunction)
    return function


def scored(
    function: ScorerFunction | CompiledFunction, **cells: list[Any]
) -> pl.DataFrame:
    [port] = function.definition.inputs
    table = Table.of(pl.DataFrame(cells), port.columns)
    return function.score({"input1": table}, {})["output1"].frame


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> ScorerFunction:
    folder = tmp_path_factory.mktemp("area")
    offer = replace(TRUSTED, together=True)
    function = published(folder, {"area.py": CODE}, offer)
    assert isinstance(function, ScorerFunction)
    return function


def test_a_functions_type_hints_are_the_services_columns(area: ScorerFunction) -> None:
    [into], [out] = area.definition.inputs, area.definition.outputs
    assert [(c.name, c.type) for c in into.columns] == [
        ("width", "Int64"),
        ("height", "Double"),
        ("note", "String"),
    ]
    assert [(c.name, c.type) for c in out.columns] == [
        ("area", "Double"),
        ("note", "String"),
    ]
    assert area.together
    found = scored(area, width=[2, 3], height=[1.5, 2.0], note=["a", "b"])
    assert found.to_dict(as_series=False) == {"area": [3.0, 6.0], "note": ["a", "b"]}


def test_a_function_reaches_neither_network_nor_files_nor_our_environment(
    area: ScorerFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAMKA_TOKEN", "secret")
    area.scorer.close()
    seen = scored(area, width=[1], height=[1.0], note=["environment"])["note"].item()
    assert "BRAMKA_TOKEN" not in seen
    # A model may name files beside it by a relative path.
    place = scored(area, width=[1], height=[1.0], note=["place"])["note"].item()
    assert place == str(Path(os.__file__).parent)
    kept = area.scorer.isolation
    assert "no new privileges" in kept
    assert ("few processes" in kept) == ("no network" in kept)
    for note, promise, refusal in (
        ("network", "no network", "unreachable|not permitted"),
        ("parent", "no signals", "not permitted"),
        ("thread of parent", "no signals", "not permitted"),
        (str(Path("pyproject.toml").absolute()), "no files", "Permission denied"),
    ):
        if any(promise in each for each in kept):
            with pytest.raises(ModuleError, match=refusal):
                scored(area, width=[1], height=[1.0], note=[note])


def test_a_scorer_that_dies_is_replaced(area: ScorerFunction) -> None:
    with pytest.raises(ModuleError, match="ended with status -9"):
        scored(area, width=[1], height=[1.0], note=["die"])
    assert scored(area, width=[1], height=[4.0], note=["x"])["area"].item() == 4.0
    pid = area.scorer.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert scored(area, width=[1], height=[5.0], note=["x"])["area"].item() == 5.0
    assert area.scorer.pid != pid


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("close", "ended with status -9"),
        ("boast", "longer than 2147483648 bytes"),
    ],
)
def test_a_scorer_that_plays_tricks_with_its_pipes_is_ended(
    area: ScorerFunction, note: str, told: str
) -> None:
    with pytest.raises(ModuleError, match=told):
        scored(area, width=[1], height=[1.0], note=[note])
    assert scored(area, width=[1], height=[4.0], note=["x"])["area"].item() == 4.0


def test_a_warmed_scorer_is_ready_and_a_broken_one_says_so_when_asked(
    area: ScorerFunction,
) -> None:
    area.scorer.close()
    area.warm()
    pid = area.scorer.pid
    assert pid is not None
    assert scored(area, width=[1], height=[4.0], note=["x"])["area"].item() == 4.0
    assert area.scorer.pid == pid
    model, files = model_of({"area.py": CODE + b"1 / 0\n"})
    scorer = Scorer(SCORER, SystemClock(), Loaded(model=model, files=files), "area")
    broken = ScorerFunction(area.definition, scorer)
    broken.warm()
    assert scorer.pid is None
    with pytest.raises(ModuleError, match="ZeroDivisionError"):
        scored(broken, width=[1], height=[4.0], note=["x"])


def test_a_call_that_takes_too_long_is_ended() -> None:
    model, files = model_of({"area.py": CODE})
    loaded = Loaded(model=model, files=files)
    scorer = Scorer(SCORER, SystemClock(), loaded, "area", seconds=0.5)
    scorer.columns()
    row = {"width": [1], "height": [1.0], "note": ["sleep"]}
    with pytest.raises(ModuleError, match="too long"):
        scorer.score(Table.of(pl.DataFrame(row), model.columns))
    assert scorer.pid is None


def test_an_empty_file_is_told_as_such() -> None:
    with pytest.raises(Invalid, match=r"'a.skops' is empty"):
        prepare_model({"a.skops": b""}, Offer(name="a"), new_scorer)


def test_what_runs_code_needs_a_word_that_it_may() -> None:
    with pytest.raises(Invalid, match="allow-code"):
        prepare_model({"area.py": CODE}, Offer(name="area"), new_scorer)


def test_a_skops_file_scores_as_the_estimator_itself(tmp_path: Path) -> None:
    rows, kinds = iris()
    forest = RandomForestClassifier(10, random_state=1).fit(rows, kinds)
    sample = Table.of(pl.DataFrame(dict(zip(NAMES, rows[:2].T, strict=True))))
    files = {"forest.skops": skops_io.dumps(forest)}
    function = published(tmp_path, files, Offer(name="iris"), sample)
    [port] = function.definition.inputs
    assert [column.name for column in port.columns] == NAMES
    assert port.samples[0] == ("5.1", "3.5", "1.4", "0.2")
    found = scored(function, **dict(zip(NAMES, rows.T.tolist(), strict=True)))
    assert found["Scored Labels"].to_list() == forest.predict(rows).tolist()
    wanted = forest.predict_proba(rows)
    assert np.array_equal(found.to_numpy()[:, 1:], wanted)


def test_a_skops_file_with_strange_types_is_refused() -> None:
    class Own(LogisticRegression):  # type: ignore[misc]  # scikit-learn is untyped
        pass

    model = Own(max_iter=500).fit(*iris())
    with pytest.raises(Invalid, match=r"^'own.skops' cannot be published.*Own"):
        prepare_model(
            {"own.skops": skops_io.dumps(model)}, Offer(name="own"), new_scorer
        )


def test_an_onnx_file_scores_as_the_estimator_it_came_from(tmp_path: Path) -> None:
    rows, kinds = iris()
    model = LogisticRegression(max_iter=500).fit(rows, kinds)
    made = to_onnx(model, rows[:1].astype(np.float32), options={"zipmap": False})
    files = {"iris.onnx": made.SerializeToString()}
    function = published(tmp_path, files, Offer(name="iris"))
    found = scored(
        function, **{f"x{n + 1}": rows[:, n].tolist() for n in range(4)}
    ).to_numpy()
    assert np.array_equal(found[:, 0], model.predict(rows))
    assert np.allclose(found[:, 1:], model.predict_proba(rows), atol=1e-5)


def mlflow_folder(content: bytes) -> dict[str, bytes]:
    inputs = [{"name": name, "type": "double"} for name in NAMES]
    told = f"""
flavors:
  python_function: {{loader_module: mlflow.sklearn}}
  sklearn: {{pickled_model: model.pkl, serialization_format: cloudpickle}}
signature:
  inputs: '{json.dumps(inputs)}'
"""
    return {"MLmodel": told.encode(), "model.pkl": content, "conda.yaml": b""}


def test_an_mlflow_folder_is_read_by_its_own_description(tmp_path: Path) -> None:
    rows, kinds = iris()
    model = LogisticRegression(max_iter=500).fit(rows, kinds)
    files = mlflow_folder(pickle.dumps(model))
    offer = Offer(name="iris", allow_code=True)
    function = published(tmp_path, files, offer)
    [port] = function.definition.inputs
    assert [column.name for column in port.columns] == NAMES
    found = scored(function, **dict(zip(NAMES, rows.T.tolist(), strict=True)))
    assert found["Scored Labels"].to_list() == model.predict(rows).tolist()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.txt": b""}, "ends with one of"),
        ({"a.py": b"def f(x): return x"}, "'x' has the type 'none'"),
        ({"a.py": b"def f(x: int): return x"}, "What 'f' gives"),
        ({"a.py": b"x = 1"}, "public functions are none"),
        ({"a.py": b"def f(:"}, "line 1"),
        ({"MLmodel": b"flavors: {keras: {}}"}, "onnx, sklearn, lightgbm"),
        ({"MLmodel": b"flavors: {onnx: {data: a.onnx}}"}, "not in the folder"),
        ({"MLmodel": b"[]"}, "not the description"),
        ({"MLmodel": b"flavors: [onnx]"}, "not the description"),
        ({"MLmodel": b"flavors: {onnx: 7}"}, "not the description"),
        (
            {"MLmodel": b"flavors: {onnx: {}}\nsignature: {inputs: '{'}"},
            "not the description",
        ),
        ({"MLmodel": b"[" * 20_000}, "not the description"),
        ({"a.py": b"def f(x: int) -> int: return 1\0"}, "a.py"),
        ({"a.py": b"x = " + b"-" * 200_000 + b"1"}, "a.py"),
    ],
)
def test_a_model_that_cannot_be_published_says_why(
    files: dict[str, bytes], message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        model_of(files)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../a.py", "a.py"),
        ("/etc/a.py", "a.py"),
        ("..\\..\\a.py", "a.py"),
        ("../.py", "model.function"),
        ("a:b.py", "model.function"),
        ("x" * 300 + ".py", "model.function"),
    ],
)
def test_the_name_of_a_file_leads_nowhere(name: str, kept: str) -> None:
    model, files = model_of({name: b"def f(x: int) -> int:\n    return x\n"})
    assert (model.file, list(files)) == (kept, [kept])
    told = {"MLmodel": b"flavors: {onnx: {data: package.json}}", "package.json": b""}
    assert list(model_of(told)[1]) == ["model.onnx"]


def test_nothing_of_a_function_runs_when_it_is_read() -> None:
    code = b"import sys\nsys.bramka_was_here = True\ndef f(x: int) -> int: return x"
    model, _ = model_of({"f.py": code})
    assert model.outputs[0].name == "result"
    assert not hasattr(sys, "bramka_was_here")
