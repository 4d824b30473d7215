"""Make a dataset what a file of tab-separated values can hold.

Values, names and types stay; which columns are labels or categories is forgotten.

    {
      "inputs": {"Dataset": {"Col1": [5, null], "Col2": ["good", "bad"]}},
      "parameters": {},
      "outputs": {"Results dataset": {"Col1": [5, null], "Col2": ["good", "bad"]}}
    }
"""

from bramka.catalogue._conversion import (
    NoSettings,
    row_without_roles,
    run_without_roles,
)
from bramka.domain.learning.module import Module, ModulePort

MODULE = Module(
    name="Convert to TSV",
    family="1cdbcda42ece49088b87e6b636258d3d",
    category="Data Format Conversions",
    settings=NoSettings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run_without_roles,
    row=row_without_roles,
    row_wise=True,
)
