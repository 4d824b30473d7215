"""Write a dataset to a blob in Azure storage, all at once or not at all.

The blob is named by an account with its key, or by an address with a shared access
signature. Hive, databases and tables are refused.

    {
      "inputs": {"Dataset": {"x": [1, 2]}},
      "parameters": {
        "Azure account name": "bramka",
        "Azure account key": "a2V5",
        "Path to blob beginning with container": "results/x.csv",
        "Azure Blob Storage write mode": "Overwrite"
      },
      "outputs": {}
    }
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._outside import exists, no_way, told_as_download
from bramka.catalogue._reading import WrittenFormat, write_table
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.outside import Outside
from bramka.domain.learning.value import table_on

DESTINATION = "Please specify data destination"
ACCESS = "Please specify authentication type"
_BLOB = {"shown_when": (DESTINATION, ("Azure Blob Storage",))}
_ACCOUNT = {"shown_when": (ACCESS, ("Account",))}
_SIGNED = {"shown_when": (ACCESS, ("SAS",))}


class Settings(Struct, frozen=True, kw_only=True):
    """Where the data goes, how to get in, and how it is written."""

    destination: Annotated[
        Literal[
            "Azure Blob Storage", "Hive Query", "Azure SQL Database", "Azure Table"
        ],
        Meta(description="Where the data goes."),
    ] = field(name=DESTINATION, default="Azure Blob Storage")
    cached: Annotated[
        bool, Meta(description="Write again only if data or a parameter changed.")
    ] = field(name="Use cached results", default=False)
    access: Annotated[
        Literal["Account", "SAS"],
        Meta(description="Whether a key or an address opens the blob.", extra=_BLOB),
    ] = field(name=ACCESS, default="Account")
    uri: Annotated[
        str,
        Meta(
            description="The blob's address with its signature.",
            extra={**_SIGNED, "secret": True},
        ),
    ] = field(name="SAS URI for blob", default="")
    uri_format: Annotated[
        WrittenFormat, Meta(description="How the file tells rows.", extra=_SIGNED)
    ] = field(name="File format for SAS file", default="CSV")
    uri_header: Annotated[
        bool, Meta(description="Begin with the column names.", extra=_SIGNED)
    ] = field(name="Write SAS header row", default=False)
    account: Annotated[
        str, Meta(description="The storage account's name.", extra=_ACCOUNT)
    ] = field(name="Azure account name", default="")
    key: Annotated[
        str,
        Meta(
            description="The storage account's key.", extra={**_ACCOUNT, "secret": True}
        ),
    ] = field(name="Azure account key", default="")
    path: Annotated[
        str, Meta(description="Container and blob, as data/a.csv.", extra=_ACCOUNT)
    ] = field(name="Path to blob beginning with container", default="")
    mode: Annotated[
        Literal["Error", "Overwrite"],
        Meta(description="What happens if there is such a blob.", extra=_ACCOUNT),
    ] = field(name="Azure Blob Storage write mode", default="Error")
    format: Annotated[
        WrittenFormat, Meta(description="How the file tells rows.", extra=_ACCOUNT)
    ] = field(name="File format for blob file", default="CSV")
    header: Annotated[
        bool, Meta(description="Begin with the column names.", extra=_ACCOUNT)
    ] = field(name="Write blob header row", default=False)


def reach(inputs: Ports, settings: Settings, outside: Outside) -> Ports:
    table = table_on(inputs, "Dataset")
    if settings.destination != "Azure Blob Storage":
        raise ModuleError(
            2,
            f'Failed to parse "{DESTINATION}" parameter: {settings.destination} is not '
            "supported here; write a blob, and load that there.",
        )
    signed = settings.access == "SAS"
    with told_as_download():
        if signed:
            store, path = outside.signed_blob(settings.uri)
        else:
            store, path = outside.account_blob(
                settings.account, settings.key, settings.path.strip("/")
            )
        if not signed and settings.mode == "Error" and exists(store, path):
            raise ModuleError(
                57,
                f'File or Blob "{path}" already exists. Choose "Overwrite" to replace '
                "it.",
            )
        kind = settings.uri_format if signed else settings.format
        header = settings.uri_header if signed else settings.header
        store.write(path, [write_table(table, kind, header=header)])
    return {}


MODULE = Module(
    name="Export Data",
    family="7a391181b6a74ad4b82de419c0d6522c",
    category="Data Input and Output",
    aliases=("Writer",),
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(),
    run=no_way,
    reach=reach,
)
