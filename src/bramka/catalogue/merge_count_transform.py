"""Add the counts of two counting transforms up; features are made as by the first.

Both must have counted the same columns and classes with the same hashes.

    {
      "inputs": {
        "Previous counting transform": {
          "module": "Build Counting Transform",
          "inputs": {
            "Dataset": {
              "columns": {"c": ["a", "a", "b"], "y": [1, 1, 0]},
              "kinds": {"y": "Label"}
            }
          },
          "parameters": {
            "Label column index or name": {
              "rules": [{"ruleType": "ColumnNames", "columns": ["y"]}]
            },
            "Select columns to count": {
              "rules": [{"ruleType": "ColumnNames", "columns": ["c"]}]
            }
          }
        }
      },
      "parameters": {},
      "outputs": {
        "Merged counting transform": {
          "module": "Build Counting Transform",
          "inputs": {
            "Dataset": {
              "columns": {"c": ["a", "a", "b"], "y": [1, 1, 0]},
              "kinds": {"y": "Label"}
            }
          },
          "parameters": {
            "Label column index or name": {
              "rules": [{"ruleType": "ColumnNames", "columns": ["y"]}]
            },
            "Select columns to count": {
              "rules": [{"ruleType": "ColumnNames", "columns": ["c"]}]
            }
          }
        }
      }
    }
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._count_transforms import changed, counting_on
from bramka.catalogue._counting import merge
from bramka.domain.learning.module import Module, ModulePort, Ports

FIRST, SECOND = "Previous counting transform", "New counting transform"


class Settings(Struct, frozen=True, kw_only=True):
    """What the second transform weighs."""

    factor: Annotated[
        float, Meta(ge=0, description="What the second transform's counts weigh.")
    ] = field(name="Decay factor", default=1.0)


def run(inputs: Ports, settings: Settings) -> Ports:
    learnt, counting = counting_on(inputs, FIRST)
    if SECOND in inputs:
        _, other = counting_on(inputs, SECOND)
        counting = merge(counting, other, settings.factor)
    return {"Merged counting transform": changed(learnt, counting)}


MODULE = Module(
    name="Merge Count Transform",
    family="85150a298e574c03a9e0e49e5876f9b7",
    category="Data Transformation / Learning with Counts",
    settings=Settings,
    inputs=(
        ModulePort(FIRST, "ITransform"),
        ModulePort(SECOND, "ITransform", optional=True),
    ),
    outputs=(ModulePort("Merged counting transform", "ITransform"),),
    run=run,
)
