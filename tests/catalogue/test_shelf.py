from pathlib import Path

import pytest

from bramka import catalogue
from bramka.catalogue import Shelf, shelf
from bramka.catalogue._shelf import read_shelf
from bramka.domain.errors import Missing
from bramka.domain.learning.table import Table

DOUBLE = '''"""Give the rows twice.

    {
      "inputs": {"Dataset": {"x": [1, 2]}},
      "parameters": {},
      "outputs": {"Results dataset": {"x": [1, 2, 1, 2]}}
    }
"""

from msgspec import Struct

from bramka.domain.learning.module import Module, ModulePort
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on


class Settings(Struct, frozen=True, kw_only=True):
    """There is nothing to set."""


def run(inputs, settings):
    table = table_on(inputs, "Dataset")
    twice = table.frame.vstack(table.frame)
    return {"Results dataset": Table(twice, table.columns)}


MODULE = Module(
    name="Double Rows",
    family="0123456789abcdef0123456789abcdef",
    category="Data Transformation / Manipulation",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
'''


def test_the_folder_is_the_registry() -> None:
    folder = Path(catalogue.__file__).parent
    stems = {path.stem for path in folder.glob("[!_]*.py")}
    assert {shelf().file_of(module) for module in shelf().values()} == stems
    assert {"feature_hashing", "select_columns"} <= stems
    assert len(shelf()) == len(set(shelf()))


def test_the_old_name_still_works() -> None:
    assert shelf().find("Project Columns").name == "Select Columns in Dataset"


def test_an_unknown_module_is_missing_with_a_hint() -> None:
    with pytest.raises(Missing, match="did you mean 'Feature Hashing'"):
        shelf().find("Feature Hasing")
    with pytest.raises(Missing, match="no module 'zzz' in the catalogue"):
        shelf().find("zzz")


def test_a_file_without_an_example_is_told() -> None:
    module = shelf().find("Feature Hashing")
    undocumented = Shelf({"_shelf": module}, "1")
    with pytest.raises(Missing, match="documents no example"):
        undocumented.example_of(module)


def test_the_code_version_is_a_digest() -> None:
    assert len(shelf().code_version) == 64


def test_a_file_dropped_into_a_folder_is_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shelf_of_one"
    folder.mkdir()
    (folder / "double_rows.py").write_text(DOUBLE)
    (folder / "_double_rows_parts.py").write_text("raise AssertionError")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = read_shelf(folder, "shelf_of_one")
    assert list(found.names) == ["Double Rows"]
    module = found.find(found.module_id("Double Rows"))
    example = found.example_of(module)
    inputs = example.values(found.names)
    told = module.apply(inputs, module.settle(example.settings()))["Results dataset"]
    assert isinstance(told, Table)
    assert told.frame.to_dict(as_series=False) == example.outputs["Results dataset"]
