"""What runs errands, as the REST sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bramka.domain.traffic.errand import Errand, Kind
from bramka.store.access_token import AccessToken
from bramka.store.transaction import Transaction


@dataclass(frozen=True)
class BackupPlace:
    """A blob that is a backup, or will be one; the repr shows no key."""

    account: str
    key: str = field(repr=False)
    container: str
    name: str


class Errands(Protocol):
    """Runs what takes longer than a call may; `app` hands it in."""

    def begin(
        self,
        transaction: Transaction,
        kind: Kind,
        place: BackupPlace,
        caller: AccessToken,
    ) -> Errand:
        """Start one; Conflict while another one runs, here or elsewhere."""

    def start(
        self,
        transaction: Transaction,
        kind: Kind,
        work: Callable[[Errand], dict[str, object]],
    ) -> Errand:
        """Do some work besides the calls, whose result is told when asked for.

        What it writes, it writes in transactions of its own. Conflict as for `begin`.
        """

    def find(self, transaction: Transaction, errand: str) -> Errand | None:
        """One that runs, or ended not long ago, of whichever console."""
