"""Folders of MLflow: read by their description, called in a scorer by their code."""

import json
import pickle
import sys
import types
from pathlib import Path

import polars as pl
import pytest

from bramka.app.publishing.from_files import files_of
from bramka.app.shared import new_scorer
from bramka.catalogue import shelf
from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Loaded
from bramka.domain.learning.table import Table
from bramka.studio.mlflow_source import FOLDER, MLMODEL, read_mlflow
from bramka.studio.model_package import Offer, prepare_model
from bramka.studio.model_source import model_of
from bramka.studio.package_store import PackageStore
from bramka.studio.scorer import Scorer, ScorerFunction

SIGNATURE = json.dumps(
    [{"name": "length", "type": "float"}, {"name": "kind", "type": "string"}]
)
GIVES = json.dumps([{"name": "area", "type": "double"}])
OWN = {
    "MLmodel": f"""
flavors:
  python_function: {{loader_module: own_loader, data: data/data, code: code}}
signature: {{inputs: '{SIGNATURE}', outputs: '{GIVES}'}}
""",
    "code/own_loader.py": """
import json
import pathlib
from rules.areas import Areas


def _load_pyfunc(path):
    return Areas(json.loads((pathlib.Path(path) / "sizes.json").read_text()))
""",
    "code/rules/__init__.py": "",
    "code/rules/areas.py": """
import pathlib


class Areas:
    def __init__(self, sizes):
        self.sizes = sizes

    def predict(self, rows):
        if "steal" in set(rows["kind"]):
            pathlib.Path("/etc/passwd").read_text()
        assert str(rows["length"].dtype) == "float32"
        return rows["length"] * rows["kind"].map(self.sizes)
""",
    "data/data/sizes.json": '{"a": 2.0, "b": 3.0}',
}
FROM_CODE = """
import mlflow
from mlflow.pyfunc import PythonModel

mlflow.set_tracking_uri("nowhere")


class Texts(PythonModel):
    def load_context(self, context):
        with open(context.artifacts["word"]) as file:
            self.word = file.read()

    def predict(self, context, model_input, params=None):
        if model_input["text"][0] == "use":
            return mlflow.search_runs().rows
        times = context.model_config["times"] * params["more"]
        return [self.word + text * times for text in model_input["text"]]


mlflow.models.set_model(Texts())
"""
CODE = {
    "MLmodel": """
flavors:
  python_function:
    loader_module: mlflow.pyfunc.loaders.code_model
    model_code_path: /home/somebody/texts.py
    artifacts: {word: {path: artifacts/word.txt}}
    config: {times: 2}
signature:
  inputs: '[{"name": "text", "type": "string"}]'
  params: '[{"name": "more", "type": "long", "default": 1}]'
""",
    "texts.py": FROM_CODE,
    "artifacts/word.txt": "so ",
}


def written(folder: Path, texts: dict[str, str]) -> dict[str, bytes]:
    """The files of a folder on disk, as `bramka publish` takes them."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return files_of(folder)


def published(folder: Path, texts: dict[str, str]) -> ScorerFunction:
    """The function of a folder that was packed, kept and loaded again."""
    files = written(folder / "model", texts)
    offer = Offer(name="own", allow_code=True)
    store = PackageStore(folder / "packages", None, new_scorer)
    package = prepare_model(files, offer, new_scorer)
    function = store.load(store.keep(package), shelf())
    assert isinstance(function, ScorerFunction)
    return function


def scorer_of(files: dict[str, bytes]) -> Scorer:
    """A process with the model in a folder, which nobody tried before."""
    model, kept = model_of(files)
    return new_scorer(Loaded(model=model, files=kept), "own")


def scored(function: ScorerFunction, **cells: list[object]) -> pl.DataFrame:
    table = Table.of(pl.DataFrame(cells), function.definition.inputs[0].columns)
    return function.score({"input1": table}, {})["output1"].frame


@pytest.fixture(scope="module")
def areas(tmp_path_factory: pytest.TempPathFactory) -> ScorerFunction:
    return published(tmp_path_factory.mktemp("areas"), OWN)


def test_a_folder_with_a_loader_of_its_own_is_called_as_described(
    areas: ScorerFunction,
) -> None:
    [into], [out] = areas.definition.inputs, areas.definition.outputs
    assert [each.type for each in into.columns] == ["Single", "String"]
    assert [(each.name, each.type) for each in out.columns] == [("area", "Double")]
    found = scored(areas, length=[1.5, 2.0], kind=["a", "b"])
    assert found["area"].to_list() == [3.0, 6.0]


def test_a_folders_code_reads_its_own_files_and_no_others(
    areas: ScorerFunction,
) -> None:
    if any("no files" in each for each in areas.scorer.isolation):
        with pytest.raises(Exception, match="Permission denied"):
            scored(areas, length=[1.0], kind=["steal"])
    # A process that is started anew finds the files again.
    areas.scorer.close()
    assert scored(areas, length=[1.0], kind=["b"])["area"].to_list() == [3.0]


def test_a_python_model_needs_no_mlflow_until_it_uses_it(tmp_path: Path) -> None:
    scorer = scorer_of(written(tmp_path, CODE))
    found = scorer.score(Table.of(pl.DataFrame({"text": ["ab", "c"]})))
    assert found.frame["Scored Labels"].to_list() == ["so abab", "so cc"]
    model, kept = model_of(files_of(tmp_path))
    scorer.reload(Loaded(model=model, files=kept))
    again = scorer.score(Table.of(pl.DataFrame({"text": ["ab", "c"]})))
    assert again.frame.equals(found.frame)
    with pytest.raises(Exception, match=r"needs 'mlflow'.*pip install mlflow"):
        scorer.score(Table.of(pl.DataFrame({"text": ["use"]})))
    scorer.close()


def test_what_is_not_installed_is_named() -> None:
    described = b"flavors: {python_function: {loader_module: mlflow.prophet}}"
    with pytest.raises(Invalid, match="needs 'mlflow', which is not installed"):
        prepare_model(
            {MLMODEL: described}, Offer(name="p", allow_code=True), new_scorer
        )


def test_classes_beside_a_pickle_are_found(tmp_path: Path) -> None:
    source = """
class Double:
    n_features_in_ = 1

    def fit(self, rows):
        self.fitted_ = True
        return self

    def predict(self, rows):
        return rows.ravel() * 2
"""
    module = types.ModuleType("doubling")
    sys.modules["doubling"] = module
    exec(source, module.__dict__)
    content = pickle.dumps(module.Double().fit(None))
    del sys.modules["doubling"]
    described = (
        "flavors:\n  sklearn: {pickled_model: model.pkl, code: code}\n"
        "  python_function: {loader_module: mlflow.sklearn, code: code}\n"
    )
    files = written(tmp_path, {"MLmodel": described, "code/doubling.py": source})
    files["model.pkl"] = content
    scorer = scorer_of(files)
    found = scorer.score(Table.of(pl.DataFrame({"x1": [1.5]})))
    scorer.close()
    assert found.frame["Scored Labels"].to_list() == [3.0]


@pytest.mark.parametrize(
    ("described", "flavour", "entry"),
    [
        ("lightgbm: {data: m, model_class: lightgbm.basic.Booster}", "lightgbm", "B"),
        ("lightgbm: {data: m, model_class: a.LGBMClassifier}", "pickle", ""),
        (
            "lightgbm: {data: m, model_class: a.B, serialization_format: skops}",
            "skops",
            "",
        ),
        (
            "xgboost: {data: m, model_class: xgboost.sklearn.XGBClassifier}",
            "xgboost",
            "X",
        ),
        ("xgboost: {data: m}", "xgboost", "B"),
    ],
)
def test_flavours_of_one_file_are_told_apart(
    described: str, flavour: str, entry: str
) -> None:
    text = f"flavors: {{{described}, python_function: {{loader_module: x}}}}"
    model, kept = read_mlflow({MLMODEL: text.encode(), "m": b"content"})
    assert (model.flavour, model.entry[:1], list(kept)) == (flavour, entry, ["m"])


def test_the_same_folder_gives_the_same_archive() -> None:
    files = {name: text.encode() for name, text in OWN.items()}
    first, again = read_mlflow(files), read_mlflow(dict(reversed(files.items())))
    assert first == again
    assert list(first[1]) == [FOLDER]
