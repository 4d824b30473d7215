"""Opens the databases that the settings name, at their newest schema."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bramka.app.clock import SystemClock
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.keeping.secrets import Secrets, open_secrets
from bramka.app.settings import Settings
from bramka.domain.clock import Clock
from bramka.domain.errors import Missing, Unavailable
from bramka.store import api, echo, instance
from bramka.store.database import open_database
from bramka.store.encryption import Cipher
from bramka.store.schema import prepare, prepare_usage
from bramka.store.transaction import Store, Vault


def open_store(
    settings: Settings, secrets: Secrets | None = None, clock: Clock | None = None
) -> Store:
    """The database of the instance, and what protects the secrets in it."""
    secrets = secrets or open_secrets(settings.data)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_database(settings.database)
    prepare(engine)
    vault = Vault(Cipher(secrets.encryption_key, secrets.other_keys), secrets.pepper)
    return Store(engine, vault, clock or SystemClock())


def open_usage(settings: Settings) -> Engine:
    """The database of the usage rollups, at the newest schema."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_database(settings.usage_database)
    prepare_usage(engine)
    return engine


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The same for a while: the keys stay as they are, and it is closed in the end."""
    with keys_in_use(settings.data):
        try:
            store = open_store(settings)
        except OperationalError as error:
            # What drivers say names host and port, or the file, and no password.
            reason = str(error.orig).partition("\n")[0]
            raise Unavailable(f"The database does not answer: {reason}") from error
        try:
            yield store
        finally:
            store.engine.dispose()


@contextmanager
def opened_usage(settings: Settings) -> Iterator[Engine]:
    """The database of the usage rollups for a while; it is closed in the end."""
    engine = open_usage(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def check(settings: Settings) -> None:
    """Missing, with the remedy, when there is no instance yet."""
    with opened_store(settings) as store:
        with store.reading() as transaction:
            if instance.find(transaction) is None:
                raise Missing(
                    f"There is no service instance in {settings.data} yet; make one "
                    "with `bramka init`, or load the demo with `bramka up --demo`."
                )
            moved = echo.strayed(transaction, f"{settings.console_url}/echo")
        if moved:
            # `bramka init` could not know the ports that are chosen now.
            with store.writing() as transaction:
                api.put(transaction, moved)
