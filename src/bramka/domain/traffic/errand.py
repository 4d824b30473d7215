"""Errands: work that goes on after the call that asked for it was answered."""

from typing import Literal

from msgspec import Struct

Kind = Literal["backup", "restore"]
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

    @property
    def status(self) -> Status:
        if self.code:
            return "Failed"
        return "InProgress" if self.ended is None else "Succeeded"
