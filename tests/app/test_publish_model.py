"""`bramka.publish` from Python, without a running installation."""

import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import bramka
from bramka.app.database import open_store
from bramka.app.publishing.from_files import files_of
from bramka.app.settings import Settings
from bramka.app.shared import open_packages
from bramka.catalogue import shelf
from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid
from bramka.domain.learning.small_table import SmallTable
from bramka.store.service import endpoint_by_id, service_by_id
from bramka.store.workspace import create_workspace
from bramka.studio.compiled_function import CompiledFunction
from bramka.testing import FakeChance


def area(width: float, height: float) -> float:
    return width * height


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    chance: Chance = FakeChance()
    store = open_store(Settings(data=folder))
    with store.writing() as transaction:
        create_workspace(
            transaction, chance, friendly_name="Mine", owner="a@example.com"
        )
    store.engine.dispose()
    return folder


def test_a_trained_estimator_becomes_a_service_that_runs_no_code(data: Path) -> None:
    rows, kinds = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(rows, kinds)
    done = bramka.publish(model, "iris", data=data, description="Three kinds.")
    assert done.key not in repr(done)
    settings = Settings(data=data)
    store = open_store(settings)
    workspace, service = done.address.split("/")[-3], done.address.split("/")[-1]
    with store.reading() as transaction:
        endpoint = endpoint_by_id(transaction, service)
        assert service_by_id(transaction, endpoint.service_id).workspace_id == workspace
    store.engine.dispose()
    function = open_packages(settings).load(endpoint.package, shelf())
    assert isinstance(function, CompiledFunction)
    assert function.definition.told.startswith("Three kinds. Scored by weighted sums")
    [port] = function.definition.inputs
    row = SmallTable(port.columns, [[number] for number in rows[0].tolist()], 1)
    found = function.score_small({"input1": row}, {})["output1"]
    assert found.cells[0] == [kinds[0]]


def test_a_function_is_taken_with_its_file_and_needs_the_word(data: Path) -> None:
    with pytest.raises(Invalid, match="allow-code"):
        bramka.publish(area, data=data)


def test_what_is_no_model_is_refused(data: Path) -> None:
    with pytest.raises(Invalid, match="A list cannot be published"):
        bramka.publish([1], data=data)


def test_links_in_a_models_folder_do_not_lead_out_of_it(tmp_path: Path) -> None:
    folder, secret = tmp_path / "model", tmp_path / "secret"
    folder.mkdir()
    secret.write_text("private")
    (folder / "MLmodel").write_text("flavors: {onnx: {data: model.onnx}}")
    (folder / "model.onnx").symlink_to(secret)
    (folder / "same.onnx").symlink_to(folder / "MLmodel")
    assert sorted(files_of(folder)) == ["MLmodel", "same.onnx"]


def test_the_package_itself_stays_light() -> None:
    look = "import sys, bramka; print(len([m for m in sys.modules if 'polars' in m]))"
    found = subprocess.run(
        [sys.executable, "-c", look],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "src"},
    )
    assert found.stdout == "0\n"
