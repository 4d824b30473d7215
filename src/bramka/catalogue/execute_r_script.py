"""Run R of one's own on the datasets.

`maml.mapInputPort(1)` gives a dataset as a data.frame, `maml.mapOutputPort("name")`
makes one the result. A bundle's files lie in `src/`. Figures and what it prints come
out at R Device. It runs on the R of this server (any version), in a process of its own
with 300 seconds and 4 GB of memory, without network and without other files, as far as
the kernel can (Linux, x86-64 or ARM64; R Device says if it could not). Categories are
factors, times POSIXct in UTC, whole numbers of 64 bits doubles. Needs R: on Debian,
install r-base-core.

    {
      "inputs": {"Dataset1": {"x": [1.5, 2.0]}},
      "parameters": {
        "R Script": "a <- maml.mapInputPort(1); print('hi'); maml.mapOutputPort('a')"
      },
      "outputs": {
        "Result Dataset": {"x": [1.5, 2.0]},
        "R Device": {"images": 0, "text": "hi"}
      }
    }
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._chance import MOST_SEED
from bramka.catalogue._isolated import pictures
from bramka.catalogue._r_session import put_bundle, put_table, run_r, table_left
from bramka.catalogue._software import R
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.value import Archive, Pictures, table_on

DATASETS = ("Dataset1", "Dataset2")
BUNDLE = "Script Bundle"
SAMPLE = """# Map 1-based optional input ports to variables
dataset1 <- maml.mapInputPort(1) # class: data.frame

# Select data.frame to be sent to the output Dataset port
maml.mapOutputPort("dataset1")
"""


class Settings(Struct, frozen=True, kw_only=True):
    """What to run."""

    script: Annotated[
        str, Meta(description="R that calls maml.mapOutputPort with a name.")
    ] = field(name="R Script", default=SAMPLE)
    seed: Annotated[
        int,
        Meta(ge=0, le=MOST_SEED, description="Given to set.seed before the script."),
    ] = field(name="Random Seed", default=0)
    version: Annotated[
        Literal["CRAN R 3.1.0", "Microsoft R Open 3.2.2", "Microsoft R Open 3.4.4"],
        Meta(description="Kept for old experiments: this server's R runs all."),
    ] = field(name="R Version", default="CRAN R 3.1.0")


def run(inputs: Ports, settings: Settings) -> Ports:
    with TemporaryDirectory(prefix="bramka-script-") as name:
        folder = Path(name).resolve()
        for port in DATASETS:
            if port in inputs:
                put_table(folder, port, table_on(inputs, port))
        given = inputs.get(BUNDLE)
        bundle = put_bundle(folder, given) if isinstance(given, Archive) else ""
        printed = run_r(
            folder, "run_script", settings.script, seed=settings.seed, bundle=bundle
        )
        return {
            "Result Dataset": table_left(folder),
            "R Device": Pictures(images=pictures(folder), text=printed),
        }


MODULE = Module(
    name="Execute R Script",
    family="30806023392b42e094d66b775a6e0fd5",
    category="R Language Modules",
    settings=Settings,
    inputs=(
        *(ModulePort(port, optional=True) for port in DATASETS),
        ModulePort(BUNDLE, "Zip", optional=True),
    ),
    outputs=(
        ModulePort("Result Dataset"),
        ModulePort("R Device", "Visualization"),
    ),
    run=run,
    lacking=R.lacking,
)
