"""Why a job failed, in words: the module, the row, the cells, the reason."""

from collections.abc import Mapping
from typing import Any

from bramka.domain.errors import BramkaError, Invalid
from bramka.domain.learning.cells import row_texts
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.table import Table

LONGEST_CELL = 80
MOST_CELLS = 5
LONGEST_DETAILS = 4000


class RowFailure(Invalid):
    """A module refused one row, and we know which."""

    def __init__(self, error: ModuleError, row: int, cells: str) -> None:
        super().__init__(error.message, target=error.target, details=error.details)
        self.module = error.module
        self.row = row
        self.cells = cells


def located(
    function: ScoringFunction,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Any],
    error: ModuleError,
    rows_before: int,
) -> Invalid:
    """The same refusal, with the first row that meets it, if it is about a row."""
    [(name, table)] = tables.items()

    def refusal(start: int, stop: int) -> ModuleError | None:
        try:
            function.score({name: table.slice(start, stop - start)}, parameters)
        except ModuleError as found:
            return found
        return None

    if refusal(0, 0) is not None:
        return error  # It is about the columns or a parameter.
    good, bad = 0, len(table)
    while bad - good > 1:
        middle = (good + bad) // 2
        if refusal(good, middle) is None:
            good = middle
        else:
            bad = middle
    found = refusal(good, bad)
    if found is None:
        return error  # It is about rows together, not about one.
    return RowFailure(found, rows_before + good + 1, _cells(table.slice(good, 1)))


def details_of(error: BramkaError, job_id: str) -> str:
    """The text that the status of a failed job shows."""
    parts = []
    if isinstance(error, ModuleError | RowFailure) and error.module:
        parts.append(f"Module: {error.module}")
    if isinstance(error, RowFailure):
        parts.append(f"Row: {error.row}")
        parts.append(error.cells)
    parts.append(f"Job Id: {job_id}")
    code = "" if parts[1:] or not error.details else f"{error.details[0].code}: "
    return _storable("; ".join(parts) + f". {code}{error.message}")


def _storable(text: str) -> str:
    """A text that every database takes: what a module says may quote any cell."""
    if len(text) > LONGEST_DETAILS:
        text = text[: LONGEST_DETAILS - 1] + "…"
    # PostgreSQL has no NUL in texts, and UTF-8 no halves of pairs.
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _cells(row: Table) -> str:
    texts = row_texts(row)[0]
    shown = [
        f"Column: {name}; Value: {_short(text)}"
        for name, text in zip(row.names[:MOST_CELLS], texts, strict=False)
    ]
    return "; ".join(shown)


def _short(text: str | None) -> str:
    if text is None:
        return "missing"
    return repr(text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…")
