"""Count how often values come with each class, to make features of that.

Apply the transformation: each counted column gives way to its counts by class, the
logarithms of the odds of each class but the last, and whether the value came too
seldom to be counted by itself. Blobs and MapReduce are refused: import the data first.

    {
      "inputs": {
        "Dataset": {
          "columns": {"city": ["a", "a", "b", "a"], "y": [1, 1, 0, 0]},
          "kinds": {"y": "Label"}
        }
      },
      "parameters": {
        "Label column index or name": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["y"], "exclude": false}]
        },
        "Select columns to count": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["city"], "exclude": false}]
        }
      },
      "outputs": {
        "Counting transform": {
          "applied to": {"city": ["a", "c"], "n": [7, 8]},
          "gives": {
            "n": [7, 8],
            "city-Class000-Count": [2.0, 2.0],
            "city-Class001-Count": [2.0, 2.0],
            "city-Class000-LogOdds": ["approximately", 0.0, 0.0],
            "city-IsBackOff": [true, true]
          }
        }
      }
    }
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._chance import LEAST_SEED, MOST_SEED
from bramka.catalogue._columns import one_name, require_rows
from bramka.catalogue._counting import count, counting_from
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import plain_transform
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.value import table_on

FAMILY = "7e353f726714c75c6d255ccb10598a52"
LABEL = "Label column index or name"
COUNTED = "Select columns to count"
_TYPE = "Count table type"


class Settings(Struct, frozen=True, kw_only=True):
    """What is counted, and how values are told apart."""

    classes: Annotated[
        int, Meta(ge=2, description="How many classes the label has at most.")
    ] = field(name="Number of classes", default=2)
    bits: Annotated[
        int,
        Meta(
            ge=12,
            le=31,
            description="Values are told apart by hashes of so many bits.",
            extra={"shown_when": (_TYPE, ("Dictionary",))},
        ),
    ] = field(name="The bits of hash function", default=20)
    seed: Annotated[
        int,
        Meta(
            ge=LEAST_SEED,
            le=MOST_SEED,
            description="Another seed gives other hashes.",
            extra={"shown_when": (_TYPE, ("Dictionary",))},
        ),
    ] = field(name="The seed of hash function", default=1)
    source: Annotated[
        Literal["Dataset", "Blob", "MapReduce"],
        Meta(description="Where the data is."),
    ] = field(name="Module type", default="Dataset")
    type: Annotated[
        Literal["Dictionary", "CMSketch"],
        Meta(description="Whether one table of counts is kept, or a sketch."),
    ] = field(name=_TYPE, default="Dictionary")
    label: Annotated[
        ColumnSelector, Meta(description="The column that tells the class.")
    ] = field(name=LABEL, default=ColumnSelector())
    counted: Annotated[
        ColumnSelector, Meta(description="The columns whose values are counted.")
    ] = field(name=COUNTED, default=ColumnSelector())
    depth: Annotated[
        int,
        Meta(
            ge=1,
            le=64,
            description="So many tables the sketch has.",
            extra={"shown_when": (_TYPE, ("CMSketch",))},
        ),
    ] = field(name="Depth of CM sketch table", default=4)
    width: Annotated[
        int,
        Meta(
            ge=1,
            le=31,
            description="Values are told apart by hashes of so many bits.",
            extra={"shown_when": (_TYPE, ("CMSketch",))},
        ),
    ] = field(name="Width of CM sketch table", default=20)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    if settings.source != "Dataset":
        raise ModuleError(
            2,
            f'Failed to parse "Module type" parameter: {settings.source} is not '
            "supported here; read the data with Import Data, and count the dataset.",
        )
    for name, selector in ((LABEL, settings.label), (COUNTED, settings.counted)):
        if not selector.rules:
            raise ModuleError(3, f'Input "{name}" is null or empty.')
    label = one_name(settings.label, table.columns)
    names = list(dict.fromkeys(settings.counted.names(table.columns)))
    require_rows(table.height, 1)
    sketch = settings.type == "CMSketch"
    seeds = list(range(settings.depth)) if sketch else [settings.seed]
    bits = settings.width if sketch else settings.bits
    counting = count(table, label, names, bits, seeds)
    found = len(counting.classes)
    if not found:
        raise ModuleError(
            18, f'Dataset is not valid. The label column "{label}" has no values.'
        )
    if found > settings.classes:
        raise ModuleError(
            89,
            "The number of classes is incorrect. Make sure that the number of classes "
            "you specify in the parameter pane is greater than or equal to the number "
            f'of classes in the label column. It is {settings.classes}; "{label}" has '
            f"{found}.",
        )
    learnt = plain_transform(FAMILY, settings, counting, table.columns)
    return {"Counting transform": learnt}


def use(learnt: Learnt, _settings: Settings) -> Use:
    return Use(apply=counting_from(state_from(learnt.state or b"")).featurize)


MODULE = Module(
    name="Build Counting Transform",
    family=FAMILY,
    category="Data Transformation / Learning with Counts",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Counting transform", "ITransform"),),
    run=run,
    use=use,
)
