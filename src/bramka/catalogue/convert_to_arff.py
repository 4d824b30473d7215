"""Make a dataset what an ARFF file can hold.

Values, names, types and the values of categories stay; labels are forgotten.

    {
      "inputs": {"Dataset": {"Col1": [5, null], "Col2": ["good", "bad"]}},
      "parameters": {},
      "outputs": {"Results dataset": {"Col1": [5, null], "Col2": ["good", "bad"]}}
    }
"""

from bramka.catalogue._conversion import NoSettings, row_with_levels, run_with_levels
from bramka.domain.learning.module import Module, ModulePort

MODULE = Module(
    name="Convert to ARFF",
    family="62d2ceced8324a7aa0bdf01f03af0960",
    category="Data Format Conversions",
    settings=NoSettings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run_with_levels,
    row=row_with_levels,
    row_wise=True,
)
