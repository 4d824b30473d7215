"""Change how features are made of counts, without counting again.

Values that came less often than the threshold share one bin. The prior adds that many
examples, of each class its share. Noise is drawn once, when this runs.

    {
      "inputs": {
        "Counting transform": {
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
      "parameters": {
        "Garbage bin threshold": "1",
        "Output features include": "CountsOnly",
        "Ignore back off column": "True"
      },
      "outputs": {
        "Modified transform": {
          "applied to": {"c": ["a", "b", "z"]},
          "gives": {
            "c-Class000-Count": [0.0, 1.0, 0.0],
            "c-Class001-Count": [2.0, 0.0, 0.0]
          }
        }
      }
    }
"""

from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._chance import chance
from bramka.catalogue._count_transforms import changed, counting_on
from bramka.catalogue._counting import Features, Output, noisy
from bramka.domain.learning.module import Module, ModulePort, Ports


class Settings(Struct, frozen=True, kw_only=True):
    """How counts become features."""

    rare: Annotated[
        float, Meta(ge=0, description="Values that came less often share a bin.")
    ] = field(name="Garbage bin threshold", default=10.0)
    prior: Annotated[
        float,
        Meta(ge=0, description="So many examples are added by the classes' share."),
    ] = field(name="Additional prior pseudo examples", default=42.0)
    noise: Annotated[
        float, Meta(ge=0, description="How wide the noise is that counts get.")
    ] = field(name="Laplacian noise scale", default=0.0)
    output: Annotated[Output, Meta(description="Which features are made.")] = field(
        name="Output features include", default="BothCountsAndLogOdds"
    )
    plain: Annotated[
        bool, Meta(description="Leave out the column that tells which values are rare.")
    ] = field(name="Ignore back off column", default=False)


def run(inputs: Ports, settings: Settings) -> Ports:
    learnt, counting = counting_on(inputs, "Counting transform")
    features = Features(
        rare=settings.rare,
        prior=settings.prior,
        output=settings.output,
        plain=settings.plain,
    )
    counting = replace(counting, features=features)
    if settings.noise:
        counting = noisy(counting, settings.noise, chance(0))
    return {"Modified transform": changed(learnt, counting)}


MODULE = Module(
    name="Modify Count Table Parameters",
    family="7f7c68b0e0a4443da396b2346acc5683",
    category="Data Transformation / Learning with Counts",
    settings=Settings,
    inputs=(ModulePort("Counting transform", "ITransform"),),
    outputs=(ModulePort("Modified transform", "ITransform"),),
    run=run,
)
