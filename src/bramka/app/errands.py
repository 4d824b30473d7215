"""Backups and restores that were asked for over the REST: one thread, one at a time."""

import logging
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from bramka.app.backup import PIECE, back_up, opened, pieces_of, restore
from bramka.app.batch import open_locator
from bramka.app.clock import SystemChance
from bramka.app.secrets import Secrets
from bramka.app.settings import Settings
from bramka.domain.blob import BlobReference, BlobStore
from bramka.domain.errors import BramkaError, Conflict, Invalid, Unavailable
from bramka.management.errand import BackupPlace, Errand, Kind
from bramka.store import access_token, audit
from bramka.store.access_token import AccessToken
from bramka.store.audit import Entry
from bramka.store.subscription import SUBSCRIPTIONS, keys_of
from bramka.store.transaction import Store, Transaction

REMEMBERED = 100
LOG = logging.getLogger(__name__)


class BackupErrands:
    """Those of this process; what runs ends with it, and leaves nothing half done."""

    def __init__(self, settings: Settings, secrets: Secrets, store: Store) -> None:
        self._settings, self._store = settings, store
        self._locator = open_locator(settings, secrets, store.clock)
        self._known: dict[str, Errand] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the connections to stores."""
        self._locator.close()

    def find(self, errand: str) -> Errand | None:
        return self._known.get(errand)

    def begin(self, kind: Kind, place: BackupPlace, caller: AccessToken) -> Errand:
        store, name = self._locator.find(_reference(place))
        errand = Errand(SystemChance().hex(16), kind, self._store.clock.now())
        with self._lock:
            for one in self._known.values():
                if one.status == "InProgress":
                    raise Conflict(
                        f"A {one.kind} is going on, operation {one.id}; wait for it."
                    )
            self._known[errand.id] = errand
            for old in list(self._known)[:-REMEMBERED]:
                del self._known[old]
        work = (errand, store, name, caller)
        # A daemon: the console ends when it is told to, and a restore rolls back.
        threading.Thread(target=self._run, args=work, name=kind, daemon=True).start()
        return errand

    def _run(
        self, errand: Errand, store: BlobStore, name: str, caller: AccessToken
    ) -> None:
        problem: Exception | None = None
        try:
            if errand.kind == "backup":
                self._back_up(store, name)
            else:
                self._restore(store, name, caller)
        except BramkaError as error:
            LOG.warning("the %s %s failed: %s", errand.kind, errand.id, error)
            problem = error
        except Exception as error:  # the edge of the thread: whoever waits is told
            LOG.error("the %s %s failed", errand.kind, errand.id, exc_info=error)
            problem = error
        ended = replace(errand, ended=self._store.clock.now(), problem=problem)
        self._known[errand.id] = ended

    def _back_up(self, store: BlobStore, name: str) -> None:
        with tempfile.TemporaryDirectory(prefix="bramka-backup-") as folder:
            archive = Path(folder) / "backup.tar"
            with opened(str(archive), writes=True) as files:
                back_up(self._settings, files)
            store.write(name, pieces_of(archive))

    def _restore(self, store: BlobStore, name: str, caller: AccessToken) -> None:
        size = store.size(name)
        with tempfile.TemporaryDirectory(prefix="bramka-backup-") as folder:
            archive = Path(folder) / "backup.tar"
            with archive.open("wb") as file:
                for at in range(0, size, PIECE):
                    file.write(store.read(name, at, PIECE))
            with self._store.reading() as transaction:
                token = access_token.row_of(transaction, caller.id)

            def settle(connection: Connection) -> None:
                now = self._store.clock.now()
                transaction = Transaction(connection, self._store.vault, now)
                _refuse_other_keys(transaction)
                if token is not None:
                    # Who asked would else be shut out, and not learn how it went.
                    access_token.put_back(transaction, token)
                audit.note(transaction, _entry(caller, now))

            with opened(str(archive), writes=False) as files:
                restore(self._settings, files, replace=True, settle=settle)


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
