"""Packages: a published graph as files that load without a run."""

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec

from bramka import __version__
from bramka.domain.errors import Invalid
from bramka.domain.learning.compiled import Compiled
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.model import Loaded, onnx_of
from bramka.domain.learning.secret import recognised, without_secrets
from bramka.domain.learning.value import Learnt, Ports
from bramka.domain.learning.value_file import digest_of, value_bytes, value_from
from bramka.studio.compiled_function import CompiledFunction
from bramka.studio.definition import definition_of
from bramka.studio.live import Live
from bramka.studio.package_folder import (
    FORMAT,
    Contents,
    ModelContents,
    Package,
    Part,
    content_of,
    contents_in,
    value_of,
)
from bramka.studio.resource import check_fits, resources_of
from bramka.studio.run import Run
from bramka.studio.scorer import Scorer, ScorerFunction
from bramka.studio.scoring_function import GraphFunction, Rooms, scoring_function

Scoring = GraphFunction | ScorerFunction | CompiledFunction
Scorers = Callable[[Loaded, str], Scorer]
"""Makes the process for a model; the text names the service."""

_LIBRARIES = ("mmh3", "numpy", "polars")


def prepare(
    experiment: Experiment,
    run: Run,
    catalogue: Catalogue,
    *,
    name: str | None = None,
    description: str = "",
    names: Mapping[str, str] | None = None,
) -> Package:
    """Make a package of a finished run; Invalid if it cannot be a web service.

    `names` are those of saved models and transforms, by id.
    """
    run.require_finished()
    live = Live(experiment, catalogue)
    bare = _bare(recognised(experiment, catalogue))
    definition = definition_of(bare, run, catalogue, name or bare.description)
    tables = _parts(live, run)
    files = {
        f"part{n}.table": value_bytes(each) for n, each in enumerate(tables.values())
    }
    parts = tuple(
        Part(port=port, file=file, sha256=digest_of(content))
        for port, (file, content) in zip(tables, files.items(), strict=True)
    )
    contents = Contents(
        format=FORMAT,
        experiment=bare,
        definition=msgspec.structs.replace(
            definition,
            description=description,
            resources=resources_of(bare, tables, names or {}),
        ),
        row_wise=live.row_wise,
        parts=parts,
        libraries=_libraries(),
    )
    return Package(contents=contents, files=files)


def load(
    folder: Path,
    catalogue: Catalogue,
    scorers: Scorers | None = None,
    rooms: Rooms | None = None,
) -> Scoring:
    """The scoring function in a package; Invalid if any of its bytes has changed."""
    contents = contents_in(folder)
    if isinstance(contents, ModelContents):
        return _load_model(folder, contents, scorers)
    parts = {part.port: value_of(folder, part) for part in contents.parts}
    room = None if rooms is None else rooms()
    return scoring_function(
        contents.experiment, catalogue, contents.definition, parts, room
    )


def _load_model(
    folder: Path, contents: ModelContents, scorers: Scorers | None
) -> CompiledFunction | ScorerFunction:
    definition, made = contents.definition, contents.compilation
    files = {part.file: content_of(folder, part) for part in contents.parts}
    loaded = Loaded(model=contents.model, files=files)
    if made is not None and made.form in ("sums", "trees"):
        compiled = msgspec.msgpack.decode(files[made.file], type=Compiled)
        return CompiledFunction(definition, compiled)
    if made is not None and made.form == "onnx":
        columns = definition.outputs[0].columns
        model = msgspec.structs.replace(contents.model, outputs=columns)
        loaded = onnx_of(model, made.file, files[made.file])
    if scorers is None:
        raise Invalid(f"Package {folder.name!r} needs a scorer process.")
    scorer = scorers(loaded, definition.name)
    return ScorerFunction(
        definition, scorer, row_wise=contents.row_wise, together=contents.together
    )


def updated(folder: Path, newer: Mapping[str, Learnt], catalogue: Catalogue) -> Package:
    """The same package with newer trained things, by the names of its resources."""
    contents = contents_in(folder)
    files = {part.file: content_of(folder, part) for part in contents.parts}
    ports = {each.name: each.port for each in contents.definition.resources}
    parts = {part.port: part for part in contents.parts}
    for name, learnt in newer.items():
        if name not in ports:
            known = ", ".join(f"'{each}'" for each in ports) or "none"
            raise Invalid(
                f"The endpoint has no resource '{name[:80]}'; it has {known}.",
                target="Resources",
            )
        part = parts[ports[name]]
        before = value_from(files[part.file])
        assert isinstance(before, Learnt), "resources are learnt"
        check_fits(before, learnt, name)
        catalogue.find(learnt.family).settle(learnt.settings)
        content = value_bytes(learnt)
        files[part.file] = content
        parts[part.port] = msgspec.structs.replace(part, sha256=digest_of(content))
    changed = msgspec.structs.replace(contents, parts=tuple(parts.values()))
    return Package(contents=changed, files=files)


def learnt_in(folder: Path) -> dict[str, Learnt]:
    """The trained things of a package, by the names of its resources."""
    contents = contents_in(folder)
    parts = {part.port: part for part in contents.parts}
    found = {}
    for each in contents.definition.resources:
        value = value_of(folder, parts[each.port])
        if isinstance(value, Learnt):
            found[each.name] = value
    return found


def _bare(experiment: Experiment) -> Experiment:
    """What scoring needs of an experiment: no states, no owner, no times, no secrets,
    for only modules that reach outside have any, and those do not run in a service."""
    return without_secrets(
        Experiment(
            description=experiment.description,
            graph=experiment.graph,
            web_service=experiment.web_service,
        )
    )


def _parts(live: Live, run: Run) -> Ports:
    places = live.frozen_places()
    values = {
        place: (run.inputs if side == "input" else run.outputs).get(place)
        for place, side in places
    }
    return {place: value for place, value in values.items() if value is not None}


def _libraries() -> dict[str, str]:
    found = {name: version(name) for name in _LIBRARIES}
    return {"bramka": __version__, "python": platform.python_version(), **found}
