"""Errands: work that goes on after the call that asked for it was answered."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from bramka.store.access_token import AccessToken

Kind = Literal["backup", "restore"]
Status = Literal["InProgress", "Succeeded", "Failed"]


@dataclass(frozen=True)
class BackupPlace:
    """A blob that is a backup, or will be one; the repr shows no key."""

    account: str
    key: str = field(repr=False)
    container: str
    name: str


@dataclass(frozen=True)
class Errand:
    """One of them, as those who wait for it see it."""

    id: str
    kind: Kind
    started: float
    ended: float | None = None
    problem: Exception | None = None

    @property
    def status(self) -> Status:
        if self.problem is not None:
            return "Failed"
        return "InProgress" if self.ended is None else "Succeeded"


class Errands(Protocol):
    """Runs backups and restores, one at a time; `app` hands it in."""

    def begin(self, kind: Kind, place: BackupPlace, caller: AccessToken) -> Errand:
        """Start one; Conflict while another one runs."""

    def find(self, errand: str) -> Errand | None:
        """One that runs, or ended not long ago."""
