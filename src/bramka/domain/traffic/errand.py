"""Errands: work that goes on after the call that asked for it was answered."""

from typing import Literal

from msgspec import Struct

Kind = Literal["backup", "restore", "save", "deploy", "validate", "connectivityCheck"]
ALONE = frozenset(("backup", "restore", "save", "deploy", "validate"))
"""Of these one goes on at a time, of all consoles."""
LONGEST_SECONDS = 300.0
"""After which one of the others has died with its console."""
Status = Literal["InProgress", "Succeeded", "Failed"]


class Errand(Struct, frozen=True, kw_only=True):
    """One of them, as those who wait for it see it."""

    id: str
    kind: Kind
    started: float
    ended: float | None = None
    code: str = ""
    """What went wrong, as errors of the REST say it; empty if all is well."""
    message: str = ""
    result: str = ""
    """What came of it, in JSON, where that is not the instance itself."""

    @property
    def status(self) -> Status:
        if self.code:
            return "Failed"
        return "InProgress" if self.ended is None else "Succeeded"
