"""Query up to three datasets, called t1, t2 and t3, with SQLite's SQL.

One statement that only reads: it can neither write nor reach files or other databases,
and it ends after 4,000,000,000 steps, or 250,000,000 cells. Truth values and dates
stay what they are where a column is taken as it is; they are 0 and 1, and text, in
formulas. Of two columns that have one name the second is called `name (1)`.

    {
      "inputs": {
        "Table1": {"id": [1, 2, 3], "price": [10.5, 20.0, null]},
        "Table2": {"id": [2, 3], "name": ["b", "c"]}
      },
      "parameters": {
        "SQL Query Script": "select id, name, price * 2 as p from t1 join t2 using (id)"
      },
      "outputs": {
        "Results dataset": {"id": [2, 3], "name": ["b", "c"], "p": [40.0, null]}
      }
    }
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._sql import query
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.value import table_on

PORTS = {"t1": "Table1", "t2": "Table2", "t3": "Table3"}


class Settings(Struct, frozen=True, kw_only=True):
    """What is asked."""

    script: Annotated[
        str, Meta(description="One SELECT statement over t1, t2 and t3.")
    ] = field(name="SQL Query Script", default="select * from t1;")


def run(inputs: Ports, settings: Settings) -> Ports:
    tables = {
        name: table_on(inputs, port) for name, port in PORTS.items() if port in inputs
    }
    return {"Results dataset": query(tables, settings.script)}


MODULE = Module(
    name="Apply SQL Transformation",
    family="90381e8067c34d9987541db785b7ea37",
    category="Data Transformation / Manipulation",
    settings=Settings,
    inputs=(
        ModulePort("Table1"),
        ModulePort("Table2", optional=True),
        ModulePort("Table3", optional=True),
    ),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
