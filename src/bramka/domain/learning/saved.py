"""What a workspace keeps: datasets, trained models and transforms, in versions."""

import re
from typing import Literal

from msgspec import Struct

from bramka.domain.errors import Invalid, Unsupported
from bramka.domain.learning.table import Column

SavedKind = Literal["dataset", "model", "transform"]

TABLE_TYPES = {
    "GenericCSV": ".csv",
    "GenericTSV": ".tsv",
    "GenericCSVNoHeader": ".nh.csv",
    "GenericTSVNoHeader": ".nh.tsv",
    "ARFF": ".arff",
    "SvmLight": ".svmlight",
    "Parquet": ".parquet",
    "PlainText": ".txt",
}
"""Types of files that hold one table, and how such a file is named."""
UPLOAD_TYPES = {**TABLE_TYPES, "Zip": ".zip"}
PROMOTED_TYPES: dict[SavedKind, str] = {
    "dataset": "Dataset",
    "model": "ILearnerDotNet",
    "transform": "ITransformDotNet",
}
"""The type of what is saved from an output of an experiment."""

SAMPLES_FROM = "506153734175476c4f62416c57734963"
"""The workspace whose id the ids of samples begin with; clients know them by it."""
LONGEST_NAME = 256
LONGEST_DESCRIPTION = 4_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Saved(Struct, frozen=True, kw_only=True):
    """One version of a dataset, trained model or transform."""

    id: str
    workspace_id: str
    kind: SavedKind
    family: str
    version: int
    name: str
    data_type: str
    description: str = ""
    owner: str = ""
    source_origin: str = "FromResourceUpload"
    uploaded_from: str = ""
    created: float = 0.0
    size: int = 0
    latest: bool = True
    content: str
    """Name of the folder that holds it."""
    digest: str
    """The same for the same content, and for nothing else."""
    port_type: str = "DataTable"
    rows: int | None = None
    columns: tuple[Column, ...] = ()
    experiment_id: str | None = None
    promoted_from: str | None = None


def saved_id(workspace: str, family: str, version: int) -> str:
    """How graphs name it."""
    return f"{workspace}.{family}.v1-default-{version}"


def upload_type(text: str) -> str:
    """The data type as we spell it; Invalid if files of that type are not read."""
    for known in UPLOAD_TYPES:
        if text.lower() == known.lower():
            return known
    if text.lower() == "rdata":
        raise Unsupported(
            "R objects (RData) are not read here; in R write the data frame with "
            "write.csv and upload that as GenericCSV.",
            target="DataTypeId",
        )
    raise Invalid(
        f"The data type '{text[:40]}' is none of {', '.join(UPLOAD_TYPES)}.",
        target="DataTypeId",
    )


def check_name(name: str, what: str) -> str:
    """The name without blanks around it; Invalid if people could not read it."""
    trimmed = name.strip()
    if not trimmed or len(trimmed) > LONGEST_NAME or _CONTROL.search(trimmed):
        raise Invalid(
            f"The name of a {what} has 1 to {LONGEST_NAME} characters and no control "
            f"characters; this one has {len(trimmed)}.",
            target="Name",
        )
    return trimmed


def check_description(text: str) -> str:
    """The description; Invalid if it is too long to be one."""
    if len(text) > LONGEST_DESCRIPTION:
        raise Invalid(
            f"The description has {len(text)} characters; at most "
            f"{LONGEST_DESCRIPTION} are kept.",
            target="Description",
        )
    return text
