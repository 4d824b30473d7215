"""Modules whose software is missing say so before a run, and refuse to run."""

import sys

import pytest
from tests.catalogue.test_conformance import SHELF, every_module, example

from bramka.domain.learning.module import ModuleError, UntypedModule

NEEDY = {
    "Create R Model": "R is not installed here. Install it",
    "Execute R Script": "R is not installed here. Install it",
    "Execute Python Script": "pandas is not installed here. Install bramka[scripts].",
    "Import Images": "OpenCV is not installed here. Install bramka[images].",
    "Pretrained Cascade Image Classification": "OpenCV is not installed here.",
    **{
        f"{verb} Vowpal Wabbit Version {version} Model": "Install bramka[vowpal]."
        for verb in ("Train", "Score")
        for version in ("7-4", "7-10", "8")
    },
}
NUMBERS = {"Execute R Script": 63, "Execute Python Script": 85, "Import Images": 1000}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without R and without what the extras bring."""
    for library in ("cv2", "pandas", "vowpalwabbit"):
        monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setenv("PATH", "/nowhere")


@every_module
@pytest.mark.usefixtures("bare")
def test_a_module_says_which_software_it_misses(module: UntypedModule) -> None:
    told = (module.lacking() if module.lacking else None) or ""
    assert bool(told) == (module.name in NEEDY)
    assert NEEDY.get(module.name, "") in told


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.usefixtures("bare")
def test_a_run_without_it_is_refused_by_number(name: str) -> None:
    module = SHELF.find(name)
    inputs, given = example(module)
    with pytest.raises(ModuleError, match="is not installed here") as refusal:
        module.apply(inputs, module.settle(given))
    assert refusal.value.number == NUMBERS[name]


def test_what_is_installed_is_not_missed() -> None:
    module = SHELF.find("Import Images")
    assert module.lacking is not None
    assert module.lacking() is None
