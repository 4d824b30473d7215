"""Vowpal Wabbit: which arguments it gets, what it learns from, and its models."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import unsupported
from bramka.catalogue._libraries import Library
from bramka.catalogue._outside import blobs_at, told_as_download
from bramka.catalogue._software import VOWPAL
from bramka.catalogue._state import state_bytes, state_from
from bramka.catalogue._training import learner_on
from bramka.catalogue._vowpal_arguments import ARGUMENTS, options_of
from bramka.domain.learning.module import Learnt, ModuleError, Ports, Use
from bramka.domain.learning.outside import Outside
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import learnt_on, table_on

LINES, BEFORE, MODEL, SCORED = (
    "Dataset",
    "Pre-trained model",
    "Trained model",
    "Results dataset",
)
_VOWPAL = Library("vowpalwabbit")
_NOT_WRITTEN = "Kept for old experiments: such files are not written."
_CACHED = "Kept for old experiments: what did not change is not run again."
_LABELLED = re.compile(r"\s*([^\s|]+)")


class Training(Struct, frozen=True, kw_only=True):
    """What is learnt from, and how."""

    account: Annotated[
        str, Meta(description="The storage account's name, if no dataset is connected.")
    ] = field(name="Azure storage account name", default="")
    key: Annotated[
        str, Meta(description="The storage account's key.", extra={"secret": True})
    ] = field(name="Azure storage key", default="")
    container: Annotated[str, Meta(description="The container's name.")] = field(
        name="Azure container name", default=""
    )
    arguments: Annotated[
        str, Meta(description="How it learns, as in -b 20 --loss_function logistic.")
    ] = field(name=ARGUMENTS, default="")
    file: Annotated[str, Meta(description="The blob with the lines.")] = field(
        name="Name of the input VW file", default=""
    )
    readable: Annotated[str, Meta(description=_NOT_WRITTEN)] = field(
        name="Name of the output readable model (--readable_model) file", default=""
    )
    inverted: Annotated[str, Meta(description=_NOT_WRITTEN)] = field(
        name="Name of the output inverted hash (--invert_hash) file", default=""
    )
    format: Annotated[
        Literal["VW", "SVMLight"], Meta(description="How a line tells an example.")
    ] = field(name="Please specify file type", default="VW")
    cached: Annotated[bool, Meta(description=_CACHED)] = field(
        name="Use cached results", default=False
    )


class Scoring(Struct, frozen=True, kw_only=True):
    """How lines are scored."""

    arguments: Annotated[
        str, Meta(description="How it scores, as in --link logistic.")
    ] = field(name=ARGUMENTS, default="")
    labels: Annotated[
        bool, Meta(description="Give the labels of lines that carry one.")
    ] = field(name="Include an extra column containing labels", default=False)
    format: Annotated[
        Literal["VW", "SVMLight"], Meta(description="How a line tells an example.")
    ] = field(name="Specify data type", default="VW")
    cached: Annotated[bool, Meta(description=_CACHED)] = field(
        name="Use cached results", default=False
    )


class ScoringWithSums(Scoring, frozen=True, kw_only=True):
    """The same, where what stands before a link may be given too."""

    raw: Annotated[
        bool,
        Meta(description="Give the sums, too, before a link makes scores of them."),
    ] = field(name="Include an extra column containing raw scores", default=False)


def train(inputs: Ports, settings: Training, family: str) -> Ports:
    """Learn from the lines of a dataset."""
    lines = _lines(table_on(inputs, LINES))
    return {MODEL: _trained(inputs, settings, family, lines)}


def train_outside(
    inputs: Ports, settings: Training, outside: Outside, family: str
) -> Ports:
    """Learn from the lines of a dataset, or of a blob if none is connected."""
    if LINES in inputs:
        return train(inputs, settings, family)
    for name, value in (
        ("Azure storage account name", settings.account),
        ("Azure container name", settings.container),
        ("Name of the input VW file", settings.file),
    ):
        if not value.strip():
            raise ModuleError(3, f'Input "{name}" is null or empty.')
    with told_as_download():
        store, path = outside.account_blob(
            settings.account, settings.key, f"{settings.container}/{settings.file}"
        )
    (content,) = blobs_at(store, path)[:1]
    lines = content.decode("utf-8", "replace").splitlines()
    return {MODEL: _trained(inputs, settings, family, lines)}


def score(inputs: Ports, settings: Scoring, family: str) -> Ports:
    """What a model says to each line, and the line's own label."""
    learnt = learner_on(inputs, MODEL)
    if learnt.family != family:
        raise ModuleError(
            13, f'Learner "{MODEL}" has invalid type. It was made by another module.'
        )
    table = table_on(inputs, LINES)
    found = _scored(learnt, settings, table)
    if settings.labels:
        labels = [_label(line) for line in _lines(table)]
        column = Column(name="Labels", type="String", kind="Label")
        frame = pl.DataFrame({"Labels": labels}, schema={"Labels": pl.String})
        found = found.append(Table(frame, (column,)))
    return {SCORED: found}


def use(learnt: Learnt, settings: Training) -> Use:
    """As Score Model scores: by the format the model was trained on."""
    scoring = Scoring(format=settings.format)
    return Use(apply=lambda table: _scored(learnt, scoring, table))


def _trained(
    inputs: Ports, settings: Training, family: str, lines: Sequence[str | None]
) -> Learnt:
    options, passes = options_of(settings.arguments)
    before = None
    if BEFORE in inputs:
        before = learnt_on(inputs, BEFORE)
        if before.family != family or before.state is None:
            raise ModuleError(13, f'Learner "{BEFORE}" has invalid type.')
    examples = [each for each in _examples(lines, settings.format) if each]
    if not examples:
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of 1 row(s).",
        )
    with TemporaryDirectory(prefix="bramka-vw-") as name:
        model = Path(name) / "model"
        vowpal = _workspace(options, before, Path(name))
        try:
            for _ in range(passes):
                for example in examples:
                    vowpal.learn(example)
            vowpal.save(str(model))
        except Exception as error:
            raise _refused(error) from None
        finally:
            vowpal.finish()
        content = np.frombuffer(model.read_bytes(), dtype=np.uint8)
    learnt = Learnt(type="ILearner", family=family, settings=stored(settings))
    return learnt.taught(state_bytes({"model": content}), ())


def _scored(learnt: Learnt, settings: Scoring, table: Table) -> Table:
    options, _ = options_of(settings.arguments)
    with TemporaryDirectory(prefix="bramka-vw-") as name:
        vowpal = _workspace(["-t", *options], learnt, Path(name))
        try:
            examples = _examples(_lines(table), settings.format)
            scores = [
                (None, None) if each is None else _predicted(vowpal, each)
                for each in examples
            ]
        except ModuleError:
            raise
        except Exception as error:
            raise _refused(error) from None
        finally:
            vowpal.finish()
    raw = isinstance(settings, ScoringWithSums) and settings.raw
    names = ["Results", "Raw Scores"] if raw else ["Results"]
    frame = pl.DataFrame(
        [
            pl.Series(name, [each[place] for each in scores], dtype=pl.Float64)
            for place, name in enumerate(names)
        ]
    )
    return Table(
        frame, tuple(Column(name=name, type="Double", kind="Score") for name in names)
    )


def _predicted(vowpal: Any, line: str) -> tuple[float, float]:
    """What a line is given, and the sum before any link."""
    example = vowpal.parse(line)
    try:
        found = _number(vowpal.predict(example))
        return found, float(example.get_partial_prediction())
    finally:
        vowpal.finish_example(example)


def _workspace(options: Sequence[str], before: Learnt | None, folder: Path) -> Any:
    VOWPAL.require()
    given = ["--quiet", "--no_stdin", *options]
    if before is not None:
        model = folder / "before"
        model.write_bytes(state_from(before.state or b"")["model"].tobytes())
        given += ["-i", str(model)]
    try:
        return _VOWPAL.Workspace(arg_list=given)
    except Exception as error:
        raise _refused(error) from None


def _refused(error: Exception) -> ModuleError:
    return ModuleError(1000, f"Vowpal Wabbit library exception: {error}")


def _lines(table: Table) -> list[str | None]:
    """The only column of texts; Errors 0003, 0022 and 0017 for others."""
    if not table.columns:
        raise ModuleError(3, f'Input "{LINES}" is null or empty.')
    if len(table.columns) != 1:
        raise ModuleError(
            22,
            "Number of selected columns in input dataset does not equal to 1. "
            f"There are {len(table.columns)}.",
        )
    (column,) = table.columns
    if column.type != "String":
        raise unsupported(column)
    return table.series(column.name).to_list()


def _examples(lines: Sequence[str | None], form: str) -> Iterator[str | None]:
    """Each line as Vowpal Wabbit reads it."""
    for line in lines:
        # One example a line: a line end in a cell would be two.
        text = None if line is None else " ".join(line.splitlines()).strip()
        if text and form == "SVMLight":
            label, _, features = text.split("#")[0].partition(" ")
            text = f"{label} | {features}"
        yield text


def _label(line: str | None) -> str | None:
    found = _LABELLED.match(line or "")
    return found[1] if found else None


def _number(prediction: object) -> float:
    """A prediction that is one number; Error 0018 for others."""
    if isinstance(prediction, int | float):
        return float(prediction)
    raise ModuleError(
        18, "Dataset is not valid. The model gives more than one number for a line."
    )
