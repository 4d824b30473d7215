from pathlib import Path

import pytest

from bramka import catalogue
from bramka.catalogue import Shelf, shelf
from bramka.domain.errors import Missing


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
