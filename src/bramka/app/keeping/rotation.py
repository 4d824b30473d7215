"""Exchanging the encryption key, so that a kill at any moment loses nothing.

1. The next key is written beside the one in use: from now on both are read.
2. One transaction encrypts every secret anew under the next key.
3. The old key is set aside, the next one takes its name, the old one goes.

Whoever starts in between reads with all keys that are there; a rotation that is run
again goes on where the one before was killed.
"""

from pathlib import Path

from bramka.app.clock import SystemClock
from bramka.app.keeping.master_key import wrapped
from bramka.app.keeping.secrets import (
    KEY,
    NEXT,
    OLD,
    data_key,
    open_secrets,
    put_secret,
)
from bramka.app.presence import refuse_others
from bramka.app.settings import Settings
from bramka.store.database import open_database
from bramka.store.encryption import Cipher
from bramka.store.presence import refuse_present
from bramka.store.resealing import reseal
from bramka.store.schema import prepare
from bramka.store.transaction import Store, Vault


def rotate(settings: Settings) -> int:
    """Exchange the encryption key; how many secrets were encrypted anew.

    For an installation that does not run: others would go on with the old key.
    """
    known = open_secrets(settings.data)
    folder = settings.data / "secrets"
    refuse_others(settings)
    engine = open_database(settings.database)
    try:
        prepare(engine)
        # Made if there is none, found if an earlier rotation was killed.
        fresh = data_key(folder / NEXT)
        older = tuple({known.encryption_key, *known.other_keys} - {fresh})
        vault = Vault(Cipher(fresh, older), known.pepper)
        with Store(engine, vault, SystemClock()).writing() as transaction:
            # Somebody may have come since; from here on they wait.
            refuse_present(transaction.connection)
            count = reseal(transaction)
    finally:
        engine.dispose()
    _exchange(folder)
    return count


def rewrap(settings: Settings) -> None:
    """Write the encryption key anew, under the master key of now."""
    open_secrets(settings.data)
    path = settings.data / "secrets" / KEY
    put_secret(path, wrapped(data_key(path).hex()))


def _exchange(folder: Path) -> None:
    current, fresh, old = folder / KEY, folder / NEXT, folder / OLD
    put_secret(old, current.read_text("ascii").strip())
    fresh.replace(current)
    old.unlink()
