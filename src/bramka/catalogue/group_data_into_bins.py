"""Put numbers into bins, and learn the edges for data to come.

An edge belongs to the bin below it; bins count from 1. Quantiles may be told as a share
of the number of bins and one more. Entropy MDL cuts where the parts tell the label
column best, into as many bins as asked at most. Missing values stay missing.

    {
      "inputs": {"Dataset": {"x": [0.5, 1.5, 3.5, 3.0, null]}},
      "parameters": {
        "Binning mode": "Custom Edges",
        "Comma-separated list of bin edges": "1, 2, 3",
        "Tag columns as categorical": "False"
      },
      "outputs": {
        "Quantized dataset": {
          "columns": {
            "x": [0.5, 1.5, 3.5, 3.0, null],
            "x_quantized": [1, 2, 4, 3, null]
          },
          "types": {"x_quantized": "Int32"}
        },
        "Binning transformation": {
          "applied to": {"x": [-7.0, 99.0]},
          "gives": {
            "columns": {"x": [-7.0, 99.0], "x_quantized": [1, 4]},
            "types": {"x_quantized": "Int32"}
          }
        }
      }
    }
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field, to_builtins

from bramka.catalogue._binning import Binning, binning_from, edges_of
from bramka.catalogue._columns import NUMERIC_COLUMNS, require_numeric, require_rows
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import transform
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports, Use
from bramka.domain.learning.value import table_on

FAMILY = "08550dd9c5d34538818896a9024ed92d"
MODE = "Binning mode"
EDGES = "Comma-separated list of bin edges"
_STARTED = {"shown_when": (MODE, ("Equal Width with Custom Start and Stop",))}


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns are binned, by which edges, and how bins are told."""

    mode: Annotated[
        Literal[
            "Quantiles",
            "Equal Width",
            "Custom Edges",
            "Equal Width with Custom Start and Stop",
            "Entropy MDL",
        ],
        Meta(description="What the edges of bins follow."),
    ] = field(name=MODE, default="Quantiles")
    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers that are binned.")
    ] = field(name="Columns to bin", default=NUMERIC_COLUMNS)
    output: Annotated[
        Literal["Append", "Inplace", "ResultOnly"],
        Meta(description="Where bins stand: behind, in place, or alone."),
    ] = field(name="Output mode", default="Append")
    categorical: Annotated[bool, Meta(description="Make categories of the bins.")] = (
        field(name="Tag columns as categorical", default=True)
    )
    bins: Annotated[
        int,
        Meta(
            ge=1,
            description="How many bins there are.",
            extra={"shown_when": (MODE, ("Quantiles", "Equal Width", "Entropy MDL"))},
        ),
    ] = field(name="Number of bins", default=10)
    normalization: Annotated[
        Literal["Percent", "PQuantile", "QuantileIndex"],
        Meta(
            description="Whether a bin is told as percent, share or number.",
            extra={"shown_when": (MODE, ("Quantiles",))},
        ),
    ] = field(name="Quantile normalization", default="Percent")
    first: Annotated[float, Meta(description="The first edge.", extra=_STARTED)] = (
        field(name="First edge position", default=0.0)
    )
    width: Annotated[
        float, Meta(gt=0, description="How far edges are apart.", extra=_STARTED)
    ] = field(name="Bin width", default=0.5)
    last: Annotated[float, Meta(description="The last edge.", extra=_STARTED)] = field(
        name="Last edge position", default=1.0
    )
    edges: Annotated[
        str,
        Meta(
            description="Rising numbers, parted by commas.",
            extra={"shown_when": (MODE, ("Custom Edges",))},
        ),
    ] = field(name=EDGES, default="")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = list(dict.fromkeys(settings.chosen.names(table.columns)))
    require_numeric(table.column(name) for name in names)
    require_rows(table.height, 1)
    scale = settings.normalization if settings.mode == "Quantiles" else "QuantileIndex"
    binning = Binning(
        edges={name: edges_of(table, name, settings) for name in names},
        shares=None if scale == "QuantileIndex" else settings.bins + 1,
        percent=scale == "Percent",
        output=settings.output,
        categorical=settings.categorical,
    )
    learnt = transform(FAMILY, settings, to_builtins(binning), table.columns)
    return {
        "Quantized dataset": use(learnt, settings).apply(table),
        "Binning transformation": learnt,
    }


def use(learnt: Learnt, _settings: Settings) -> Use:
    binning = binning_from(state_from(learnt.state or b""))
    return Use(apply=binning.bin, row=binning.row)


MODULE = Module(
    name="Group Data into Bins",
    family=FAMILY,
    category="Data Transformation / Scale and Reduce",
    aliases=("Quantize Data", "Quantize"),
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Quantized dataset"),
        ModulePort("Binning transformation", "ITransform"),
    ),
    run=run,
    use=use,
)
