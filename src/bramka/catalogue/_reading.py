"""Files of data as modules read them: CSV, TSV, ARFF and SVMLight, in UTF-8."""

from typing import Literal

from bramka.domain.errors import BramkaError
from bramka.domain.learning.arff import read_arff, write_arff
from bramka.domain.learning.delimited import (
    Delimited,
    read_delimited,
    write_delimited,
)
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.svmlight import read_svmlight
from bramka.domain.learning.table import Table

DataFormat = Literal["CSV", "TSV", "ARFF", "SvmLight"]
WrittenFormat = Literal["CSV", "TSV", "ARFF"]
_SEPARATORS = {"CSV": ",", "TSV": "\t"}


def read_table(
    content: bytes, kind: str, *, header: bool, separator: str | None = None
) -> Table:
    """The table in a file; Error 0049 says what in it does not read."""
    try:
        if kind.lower() == "svmlight":
            return read_svmlight(content)
        if kind == "ARFF":
            return read_arff(content)
        text = Delimited(separator or _SEPARATORS[kind], header=header)
        return read_delimited(content, text)
    except ModuleError:
        raise
    except BramkaError as error:
        raise unparsed(error.message) from None


def write_table(table: Table, kind: WrittenFormat, *, header: bool) -> bytes:
    """A table as a file."""
    if kind == "ARFF":
        return write_arff(table)
    return write_delimited(table, Delimited(_SEPARATORS[kind]), header=header)


def unparsed(reason: str) -> ModuleError:
    """Error 0049 for a reason."""
    return ModuleError(49, f"Error while parsing the file: {reason}")
