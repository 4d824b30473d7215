"""A package of somebody's own model; it is called once before it is published."""

import platform
from importlib.metadata import version

from msgspec import Struct
from msgspec.structs import replace

from bramka import __version__
from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import row_texts
from bramka.domain.learning.compiled import Compilation, Form
from bramka.domain.learning.model import (
    RUNS_CODE,
    Flavour,
    Loaded,
    Model,
    onnx_of,
    zeros,
)
from bramka.domain.learning.service import Definition, Port
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value_file import digest_of
from bramka.studio.mlflow_source import Files
from bramka.studio.model_source import model_of
from bramka.studio.package import Scorers
from bramka.studio.package_folder import FORMAT, ModelContents, Package, Part
from bramka.studio.scorer import Broken

SAMPLE_ROWS = 2
"""So many are shown to callers."""
COMPARED_ROWS = 500
"""So many are scored at publication, by the model and by what is made of it."""
COMPILED: frozenset[Flavour] = frozenset(("skops", "pickle"))
COMPILED_FILES: dict[Form, str] = {
    "sums": "compiled.msgpack",
    "trees": "compiled.msgpack",
    "onnx": "compiled.onnx",
}


class Offer(Struct, frozen=True, kw_only=True):
    """What the author says of a model."""

    name: str
    description: str = ""
    function: str = ""
    """Which function of a Python file."""
    allow_code: bool = False
    together: bool = False
    """Of a function: what it gives for a row does not depend on other calls."""


def prepare_model(
    files: Files, offer: Offer, scorers: Scorers, sample: Table | None = None
) -> Package:
    """A package of the model in these files; Invalid if it cannot be called.

    Files that are code are taken only with `allow_code`: whoever publishes them says
    that they trust them.
    """
    model, kept = model_of(files, offer.function)
    if not kept[model.file]:
        raise Invalid(f"'{model.file}' is empty.")
    if model.flavour in RUNS_CODE and not offer.allow_code:
        raise Invalid(
            f"'{model.file}' is code, or a pickle, which runs code when it is read; "
            "say that this is allowed (--allow-code, or AllowCode) if you trust it.",
            target="AllowCode",
        )
    try:
        tried = _tried(model, kept, scorers, offer, sample)
    except Broken as error:
        raise Invalid(f"'{model.file}' cannot be published. {error.reason}") from None
    compilation, kept = _with_form(tried, kept)
    model, shown = tried.model, tried.sample
    definition = Definition(
        name=offer.name,
        description=offer.description,
        inputs=(
            Port(
                name="input1",
                columns=model.columns,
                samples=_texts(shown and shown.slice(0, SAMPLE_ROWS)),
            ),
        ),
        outputs=(Port(name="output1", columns=tried.outputs),),
        scored=compilation.why if compilation else "",
    )
    return Package(
        contents=ModelContents(
            format=FORMAT,
            kind="model",
            definition=definition,
            model=model,
            row_wise=not model.frames or tried.together,
            compilation=compilation,
            together=tried.together,
            parts=tuple(
                Part(port="", file=file, sha256=digest_of(content))
                for file, content in kept.items()
            ),
            libraries={
                "bramka": __version__,
                "python": platform.python_version(),
                "scikit-learn": version("scikit-learn"),
            },
        ),
        files=kept,
    )


class _Tried(Struct, frozen=True, kw_only=True):
    """What came of calling a model once."""

    model: Model
    """With the columns it takes."""
    outputs: tuple[Column, ...]
    sample: Table | None
    compilation: Compilation | None
    content: bytes
    """Of the form it was compiled to."""
    together: bool


def _tried(
    model: Model,
    files: dict[str, bytes],
    scorers: Scorers,
    offer: Offer,
    sample: Table | None,
) -> _Tried:
    """What a model takes and gives, and how it is to be scored."""
    scorer = scorers(Loaded(model=model, files=files), offer.name)
    try:
        told = scorer.columns()
        if not told and sample is None:
            raise Invalid(
                f"'{model.file}' does not tell its columns; give a sample of them "
                "(--sample, or Sample).",
                target="Sample",
            )
        if sample is not None:
            chosen = _chosen(sample, told)
            if chosen.columns != told and (not told or model.flavour != "function"):
                model = replace(model, columns=chosen.columns)
                scorer.reload(Loaded(model=model, files=files))
            sample = Table.of(chosen.frame, model.columns or told)
        model = replace(model, columns=model.columns or told)
        outputs = model.outputs
        if sample is not None or not outputs:
            rows = zeros(model.columns) if sample is None else sample
            tried = scorer.score(rows)
            outputs = model.outputs or tried.columns
            if model.frames or model.flavour == "pyfunc":
                # What it gives must not change with the rows.
                model = replace(model, outputs=outputs)
        compilation, content = None, b""
        rows = Table.empty(model.columns) if sample is None else sample
        if model.flavour in COMPILED:
            known = replace(model, outputs=outputs)
            compilation, content = scorer.compiled(known, rows)
            if compilation.form == "onnx":
                file = COMPILED_FILES[compilation.form]
                scorer.reload(onnx_of(known, file, content))
        together = offer.together
        if model.flavour != "function":
            plain = compilation is not None and compilation.form in ("sums", "trees")
            together = plain or scorer.together(rows)
    finally:
        scorer.close()
    return _Tried(
        model=model,
        outputs=outputs,
        sample=sample,
        compilation=compilation,
        content=content,
        together=together,
    )


def _with_form(
    tried: _Tried, files: dict[str, bytes]
) -> tuple[Compilation | None, dict[str, bytes]]:
    """How the model is scored, and the files with what that needs."""
    made = tried.compilation
    if made is None or not tried.content:
        return made, files
    file = COMPILED_FILES[made.form]
    return replace(made, file=file), {**files, file: tried.content}


def _chosen(sample: Table, told: tuple[Column, ...]) -> Table:
    """The first rows of a sample, with the columns that the model takes."""
    names = [column.name for column in told] or list(sample.names)
    if all(name in sample.names for name in names):
        return sample.select(names).slice(0, COMPARED_ROWS)
    if len(names) == len(sample.names):
        return sample.slice(0, COMPARED_ROWS)
    missing = [name for name in names if name not in sample.names]
    raise Invalid(
        f"The sample lacks {', '.join(map(repr, missing[:5]))} of the model's "
        f"{len(names)} columns.",
        target="Sample",
    )


def _texts(table: Table | None) -> tuple[tuple[str | None, ...], ...]:
    return () if table is None else tuple(tuple(row) for row in row_texts(table))
