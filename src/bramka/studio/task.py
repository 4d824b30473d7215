"""What a hand does: one task after another, each told and answered as a line of JSON.

A hand is a process of its own, so that a module that dies harms nothing else.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from bramka.domain.errors import BramkaError, Conflict, Detail, Invalid, Missing
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.module import ModuleError, UntypedModule
from bramka.domain.learning.outside import Outside
from bramka.domain.learning.value import Ports
from bramka.studio.page import Wanted, page_of
from bramka.studio.reading import read_into
from bramka.studio.statistics import statistics_of
from bramka.studio.stored import Facts, keep, load, stem_of

EXHAUSTED = "Memory has been exhausted, unable to complete running of module."


class Place(Struct, frozen=True):
    """Where a stored value is."""

    folder: str
    name: str


class ReadTask(Struct, frozen=True, tag="read"):
    """Read an uploaded file into a place."""

    source: str
    data_type: str
    place: Place


class ModuleTask(Struct, frozen=True, tag="module"):
    """Run a module on stored values; what it gives is stored in a folder by port."""

    module: str
    settings: dict[str, str | int | float | bool | None]
    inputs: dict[str, Place]
    folder: str


class StatisticsTask(Struct, frozen=True, tag="statistics"):
    """Compute what Visualize shows of a table."""

    place: Place


class PageTask(Struct, frozen=True, tag="page"):
    """Read some rows of a table."""

    place: Place
    wanted: Wanted


Task = ReadTask | ModuleTask | StatisticsTask | PageTask


class Done(Struct, frozen=True, kw_only=True, tag="done"):
    """What came of a task: facts by port, or a text."""

    facts: dict[str, Facts] = {}
    text: str = ""


class Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    """A refusal on its way from one process to another."""

    kind: Literal["invalid", "missing", "conflict", "module"]
    message: str
    target: str = ""
    number: int = 0
    details: tuple[Detail, ...] = ()

    def error(self) -> BramkaError:
        """The refusal as it was raised."""
        if self.kind == "module":
            return ModuleError(self.number, self.message, module=self.target)
        kinds = {"invalid": Invalid, "missing": Missing, "conflict": Conflict}
        kind: Any = kinds[self.kind]
        told: BramkaError = kind(self.message, target=self.target, details=self.details)
        return told


Answer = Done | Refused


def perform(
    task: Task, catalogue: Callable[[], Catalogue], outside: Outside | None = None
) -> Answer:
    """Do a task; whatever it breaks on is told. Modules are fetched when needed."""
    try:
        match task:
            case ReadTask():
                place = task.place
                folder = Path(place.folder)
                facts = read_into(Path(task.source), task.data_type, folder, place.name)
                return Done(facts={place.name: facts})
            case ModuleTask():
                return Done(facts=_run_module(task, catalogue(), outside))
            case StatisticsTask(place=place):
                return Done(text=statistics_of(Path(place.folder), place.name).decode())
            case PageTask(place=place):
                page = page_of(Path(place.folder), place.name, task.wanted)
                return Done(text=page.decode())
    except MemoryError:
        return Refused(kind="module", number=138, message=EXHAUSTED)
    except BramkaError as error:
        return refused(error)


def refused(error: BramkaError) -> Refused:
    """An error as it travels."""
    if isinstance(error, ModuleError):
        return Refused(
            kind="module", number=error.number, message=error.text, target=error.module
        )
    kind: Literal["invalid", "missing", "conflict"] = "invalid"
    if isinstance(error, Missing):
        kind = "missing"
    elif isinstance(error, Conflict):
        kind = "conflict"
    return Refused(
        kind=kind, message=error.message, target=error.target, details=error.details
    )


def compute(
    module: UntypedModule,
    inputs: Ports,
    settings: Struct,
    outside: Outside | None = None,
) -> Ports:
    """Run a module; whatever it breaks on is a refusal of its own."""
    try:
        return module.apply(inputs, settings, outside)
    except BramkaError:
        raise
    except MemoryError:
        raise ModuleError(138, EXHAUSTED, module=module.name) from None
    except Exception as error:
        # A module is a plug-in: whatever it breaks on fails its node only.
        text = f"{module.name} library exception: {type(error).__name__}: {error}"
        raise ModuleError(1000, text, module=module.name) from error


def _run_module(
    task: ModuleTask, catalogue: Catalogue, outside: Outside | None
) -> dict[str, Facts]:
    module = catalogue.find(task.module)
    inputs = {
        port: load(Path(place.folder), place.name)
        for port, place in task.inputs.items()
    }
    settings = module.settle(task.settings)
    results = compute(module, inputs, settings, outside)
    folder = Path(task.folder)
    folder.mkdir(parents=True, exist_ok=True)
    return {port: keep(folder, stem_of(port), each) for port, each in results.items()}


def task_from(line: bytes) -> Task:
    """The task in a line."""
    told: Task = msgspec.json.decode(line, type=Task)
    return told
