"""What goes on after the call that asked for it: backups, restores, deployments.

Of those that touch everything one goes on at a time, of all consoles.
"""

import logging
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import structs
from sqlalchemy import Connection

from bramka.app.alone import Release, hold_alone
from bramka.app.batch import open_locator
from bramka.app.clock import SystemChance
from bramka.app.keeping.backup import PIECE, back_up, opened, pieces_of, restore
from bramka.app.keeping.secrets import Secrets
from bramka.app.settings import Settings
from bramka.domain.blob import BlobReference, BlobStore
from bramka.domain.errors import BramkaError, Conflict, Invalid, Unavailable
from bramka.domain.traffic.errand import ALONE, LONGEST_SECONDS, Errand, Kind
from bramka.management.errand import BackupPlace
from bramka.store import access_token, audit, errand
from bramka.store.access_token import AccessToken
from bramka.store.audit import Entry
from bramka.store.subscription import SUBSCRIPTIONS, keys_of
from bramka.store.transaction import Store, Transaction

PLACE = "errand"
CLOSING_SECONDS = 1.0
LOG = logging.getLogger(__name__)
Told = dict[str, object]
Work = Callable[[Errand], Told]


class ConsoleErrands:
    """What this process runs ends with it, and leaves nothing half done."""

    def __init__(self, settings: Settings, secrets: Secrets, store: Store) -> None:
        self._settings, self._store = settings, store
        self._locator = open_locator(settings, secrets, store.clock)
        self._threads: list[threading.Thread] = []

    def close(self) -> None:
        """Let go of the connections to stores; who is just ending may end."""
        for thread in self._threads:
            thread.join(CLOSING_SECONDS)
        self._locator.close()

    def find(self, transaction: Transaction, errand_id: str) -> Errand | None:
        found = errand.find(transaction, errand_id)
        if found is None or found.ended is not None:
            return found
        if found.kind not in ALONE:
            if transaction.now - found.started < LONGEST_SECONDS:
                return found
            return self._close(errand_id)
        release = self._hold()
        if release is None:
            return found
        try:
            # Nobody is at work: it has just ended, or its console has.
            return self._close(errand_id)
        finally:
            release()

    def _close(self, errand_id: str) -> Errand | None:
        with self._store.writing() as transaction:
            found = errand.find(transaction, errand_id)
            if found is not None and found.ended is None:
                found = _ended(found, transaction.now, Unavailable(_CUT_OFF))
                errand.end(transaction, found)
        return found

    def begin(
        self,
        transaction: Transaction,
        kind: Kind,
        place: BackupPlace,
        caller: AccessToken,
    ) -> Errand:
        store, name = self._locator.find(_reference(place))

        def work(begun: Errand) -> Told:
            if kind == "backup":
                self._back_up(store, name)
            else:
                self._restore(begun, store, name, caller)
            return {}

        return self.start(transaction, kind, work)

    def start(self, transaction: Transaction, kind: Kind, work: Work) -> Errand:
        release = self._hold() if kind in ALONE else _hold_nothing
        if release is None:
            other = errand.running(transaction)
            told = f"A {other.kind}" if other else "Another operation"
            which = f", operation {other.id}" if other else ""
            raise Conflict(f"{told} is going on{which}; wait for it.")
        begun = Errand(id=SystemChance().hex(16), kind=kind, started=transaction.now)
        try:
            errand.begin(transaction, begun)
        except BaseException:
            release()
            raise
        # A daemon: the console ends when it is told to, and what it did rolls back.
        args = (begun, work, release)
        run = threading.Thread(target=self._run, args=args, name=kind, daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(run)
        run.start()
        return begun

    def _hold(self) -> Release | None:
        return hold_alone(self._store.engine, self._settings.data, PLACE)

    def _run(self, begun: Errand, work: Work, release: Release) -> None:
        problem: Exception | None = None
        told: Told = {}
        try:
            told = work(begun)
        except BramkaError as error:
            LOG.warning("the %s %s failed: %s", begun.kind, begun.id, error)
            problem = error
        except Exception as error:  # the edge of the thread: whoever waits is told
            LOG.error("the %s %s failed", begun.kind, begun.id, exc_info=error)
            problem = error
        try:
            with self._store.writing() as transaction:
                errand.end(transaction, _ended(begun, transaction.now, problem, told))
        finally:
            release()

    def _back_up(self, store: BlobStore, name: str) -> None:
        with tempfile.TemporaryDirectory(prefix="bramka-backup-") as folder:
            archive = Path(folder) / "backup.tar"
            with opened(str(archive), writes=True) as files:
                back_up(self._settings, files)
            store.write(name, pieces_of(archive))

    def _restore(
        self, begun: Errand, store: BlobStore, name: str, caller: AccessToken
    ) -> None:
        size = store.size(name)
        with tempfile.TemporaryDirectory(prefix="bramka-backup-") as folder:
            archive = Path(folder) / "backup.tar"
            with archive.open("wb") as file:
                for at in range(0, size, PIECE):
                    file.write(store.read(name, at, PIECE))
            with self._store.reading() as transaction:
                token = access_token.row_of(transaction, caller.id)
                known = errand.remembered(transaction)
            # The call that began it may not have ended its transaction yet.
            known = [begun, *(one for one in known if one.id != begun.id)]

            def settle(connection: Connection) -> None:
                now = self._store.clock.now()
                transaction = Transaction(connection, self._store.vault, now)
                _refuse_other_keys(transaction)
                if token is not None:
                    # Who asked would else be shut out, and not learn how it went.
                    access_token.put_back(transaction, token)
                errand.put_back(connection, known)
                audit.note(transaction, _entry(caller, now))

            with opened(str(archive), writes=False) as files:
                restore(self._settings, files, replace=True, settle=settle)


_CUT_OFF = "The console that did it ended before it was done; ask for it again."


def _hold_nothing() -> None:
    """Many of these go on at a time."""


def _ended(
    begun: Errand, now: float, problem: Exception | None, told: Told | None = None
) -> Errand:
    if problem is None:
        result = msgspec.json.encode(told).decode() if told else ""
        return structs.replace(begun, ended=now, result=result)
    if isinstance(problem, BramkaError):
        code, message = problem.code, str(problem)
    else:
        code, message = BramkaError.code, "The console's log says why."
    return structs.replace(begun, ended=now, code=code, message=message)


def _reference(place: BackupPlace) -> BlobReference:
    for part in (place.account, place.key):
        if ";" in part:
            raise Invalid("storageAccount and accessKey hold no semicolon.")
    return BlobReference(
        connection_string=f"AccountName={place.account};AccountKey={place.key}",
        relative_location=f"{place.container}/{place.name}",
    )


def _refuse_other_keys(transaction: Transaction) -> None:
    """Invalid when stored secrets would not open any more."""
    try:
        for found in SUBSCRIPTIONS.page(transaction, top=1).records:
            keys_of(transaction, found.noun.id)
    except Unavailable:
        raise Invalid(
            "The backup is of an installation with other keys: its secrets would not "
            "open here. Use `bramka restore`, with a passphrase or its DATA/secrets."
        ) from None


def _entry(caller: AccessToken, now: float) -> Entry:
    return Entry(
        moment=now,
        actor=f"{caller.name} ({caller.id})",
        role=caller.role,
        method="POST",
        path="/restore",
    )
