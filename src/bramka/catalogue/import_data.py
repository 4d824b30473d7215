"""Read a dataset from the web, or from blobs in Azure storage.

Blobs come from an account with its key, or from an address with or without a shared
access signature; `*` and `?` in a path mean several blobs, whose rows follow each
other. Types are told from the values. Files have at most 2 GB. Hive, databases,
tables, feeds and Cosmos DB are refused: export to a blob there, and read that.

    {
      "inputs": {},
      "parameters": {
        "Please Specify Data Source": "Web URL via HTTP",
        "URL": "https://example.org/numbers.csv",
        "CSV or TSV has header row": "True"
      },
      "outputs": {
        "Results dataset": {
          "columns": {"x": [1, 2], "y": ["a", "b"]},
          "types": {"x": "Int32"}
        }
      }
    }
"""

from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._outside import blobs_at, fetched, no_way, told_as_download
from bramka.catalogue._reading import DataFormat, read_table, unparsed
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.outside import Outside
from bramka.domain.learning.table import Table

SOURCE = "Please Specify Data Source"
ACCESS = "Please Specify Authentication Type"
FORMAT = "Blob File format"
_WEB = {"shown_when": (SOURCE, ("Web URL via HTTP",))}
_BLOB = {"shown_when": (SOURCE, ("Azure Blob Storage",))}
_ACCOUNT = {"shown_when": (ACCESS, ("Account",))}
_SIGNED = {"shown_when": (ACCESS, ("PublicOrSas",))}
_ENCODED = {"shown_when": (FORMAT, ("CSV with encoding",))}
_SEPARATORS = {"Comma": ",", "Tab": "\t", "Semicolon": ";"}


class Settings(Struct, frozen=True, kw_only=True):
    """Where the data is, how to get in, and how to read it."""

    source: Annotated[
        Literal[
            "Azure Blob Storage",
            "Web URL via HTTP",
            "Hive Query",
            "Azure SQL Database",
            "Azure Table",
            "Data Feed Providers",
            "On-premises SQL Server Database",
            "Azure Cosmos DB",
        ],
        Meta(description="Where the data is.", extra={"aliases": ("Data source",)}),
    ] = field(name=SOURCE, default="Azure Blob Storage")
    cached: Annotated[
        bool,
        Meta(description="Read again only if a parameter changed."),
    ] = field(name="Use cached results", default=False)
    url: Annotated[str, Meta(description="The address of the file.", extra=_WEB)] = (
        field(name="URL", default="")
    )
    format: Annotated[
        DataFormat, Meta(description="How the file tells its rows.", extra=_WEB)
    ] = field(name="Data format", default="CSV")
    header: Annotated[
        bool, Meta(description="Take the first line as column names.", extra=_WEB)
    ] = field(name="CSV or TSV has header row", default=False)
    access: Annotated[
        Literal["Account", "PublicOrSas"],
        Meta(
            description="Whether a key or an address opens the blob.",
            extra={**_BLOB, "aliases": ("Authentication type",)},
        ),
    ] = field(name=ACCESS, default="Account")
    uri: Annotated[
        str,
        Meta(
            description="The blob's address, signature and all.",
            extra={**_SIGNED, "secret": True},
        ),
    ] = field(name="URI", default="")
    uri_format: Annotated[
        Literal["CSV", "TSV", "ARFF"],
        Meta(description="How the file tells its rows.", extra=_SIGNED),
    ] = field(name="File format", default="CSV")
    uri_header: Annotated[
        bool,
        Meta(
            description="Take the first line as column names.",
            extra={**_SIGNED, "aliases": ("URI has header row",)},
        ),
    ] = field(name="URI file has header row", default=False)
    account: Annotated[
        str,
        Meta(
            description="The storage account's name.",
            extra={**_ACCOUNT, "aliases": ("Account name",)},
        ),
    ] = field(name="Account Name", default="")
    key: Annotated[
        str,
        Meta(
            description="The storage account's key.",
            extra={**_ACCOUNT, "secret": True, "aliases": ("Account key",)},
        ),
    ] = field(name="Account Key", default="")
    path: Annotated[
        str,
        Meta(
            description="Container and blob, as data/a.csv.",
            extra={
                **_ACCOUNT,
                "aliases": ("Path to container, directory, or blob",),
            },
        ),
    ] = field(name="Path to container or directory or blob", default="")
    blob_format: Annotated[
        Literal["CSV", "TSV", "ARFF", "SvmLight", "CSV with encoding"],
        Meta(
            description="How the file tells its rows.",
            extra={**_ACCOUNT, "aliases": ("Blob file format",)},
        ),
    ] = field(name=FORMAT, default="CSV")
    separator: Annotated[
        Literal["Comma", "Tab", "Semicolon"],
        Meta(description="What stands between cells.", extra=_ENCODED),
    ] = field(name="Column delimiter", default="Comma")
    encoding: Annotated[
        Literal[
            "UTF-8",
            "UTF-16",
            "ISO-8859-1",
            "ISO-8859-2",
            "Windows-1250",
            "Windows-1251",
            "Windows-1252",
            "Shift_JIS",
        ],
        Meta(description="How the file tells characters.", extra=_ENCODED),
    ] = field(name="Encoding Format", default="UTF-8")
    blob_header: Annotated[
        bool,
        Meta(
            description="Take the first line as column names.",
            extra={**_ACCOUNT, "aliases": ("File has header row",)},
        ),
    ] = field(name="File has Header Row", default=False)


def reach(_inputs: Ports, settings: Settings, outside: Outside) -> Ports:
    if settings.source == "Web URL via HTTP":
        content = fetched(outside, settings.url)
        table = read_table(content, settings.format, header=settings.header)
    elif settings.source == "Azure Blob Storage":
        table = _from_blobs(settings, outside)
    else:
        raise ModuleError(
            2,
            f'Failed to parse "{SOURCE}" parameter: {settings.source} is not '
            "supported here; export to a blob or a file there, and read that.",
        )
    return {"Results dataset": table}


def _from_blobs(settings: Settings, outside: Outside) -> Table:
    if settings.access == "PublicOrSas":
        _require("URI", settings.uri)
        with told_as_download():
            store, path = outside.signed_blob(settings.uri)
        (content,) = blobs_at(store, path)
        kind, header = settings.uri_format, settings.uri_header
        return read_table(content, kind, header=header)
    _require("Account Name", settings.account)
    _require("Path to container or directory or blob", settings.path)
    with told_as_download():
        store, path = outside.account_blob(
            settings.account, settings.key, settings.path.strip("/")
        )
    tables = [_read(content, settings) for content in blobs_at(store, path)]
    return _together(tables)


def _read(content: bytes, settings: Settings) -> Table:
    header = settings.blob_header
    if settings.blob_format != "CSV with encoding":
        return read_table(content, settings.blob_format, header=header)
    try:
        text = content.decode(settings.encoding)
    except UnicodeDecodeError as error:
        raise unparsed(f"it is not {settings.encoding}: {error.reason}.") from None
    separator = _SEPARATORS[settings.separator]
    return read_table(text.encode(), "CSV", header=header, separator=separator)


def _together(tables: list[Table]) -> Table:
    """The rows of all, under the names of the first; types are the wider ones."""
    first = tables[0]
    for number, table in enumerate(tables[1:], 2):
        if table.names != first.names:
            raise unparsed(f"file {number} has other columns than the first one.")
    if len(tables) == 1:
        return first
    try:
        frame = pl.concat([each.frame for each in tables], how="vertical_relaxed")
    except pl.exceptions.PolarsError as error:
        raise unparsed(f"columns of one name differ in type: {error}") from None
    return Table.of(frame)


def _require(name: str, value: str) -> None:
    if not value.strip():
        raise ModuleError(3, f'Input "{name}" is null or empty.')


MODULE = Module(
    name="Import Data",
    family="4e1b0fe6aded4b3fa36f39b8862b9004",
    category="Data Input and Output",
    aliases=("Reader",),
    settings=Settings,
    inputs=(),
    outputs=(ModulePort("Results dataset"),),
    run=no_way,
    reach=reach,
)
