"""The worker's mail job: a thread that delivers what is due, while the worker runs."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from bramka.app.clock import SystemChance
from bramka.app.console.developer import counters_of
from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.domain.errors import BramkaError
from bramka.portals.carrier import Carrier, FolderCarrier, Server, SmtpCarrier
from bramka.portals.postman import Postman
from bramka.portals.quota_watch import QuotaWatch
from bramka.store.database import open_database
from bramka.store.schema import prepare_usage
from bramka.store.transaction import Store

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
FOLDER = "mail"


def carrier_of(settings: Settings) -> Carrier:
    """The mail server of the settings, or a folder where there is none."""
    if not settings.smtp_host:
        return FolderCarrier(settings.data / FOLDER)
    return SmtpCarrier(
        Server(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password,
        )
    )


def open_postman(settings: Settings, store: Store) -> Postman:
    """Who delivers the mails of an installation."""
    carrier = carrier_of(settings)
    return Postman(store, carrier, SystemChance(), sender=settings.smtp_sender)


class Mailing:
    """Delivers mails in a thread until it is told to end."""

    def __init__(self, settings: Settings) -> None:
        self._store = open_store(settings)
        self._usage = open_database(settings.usage_database)
        prepare_usage(self._usage)
        self._postman = open_postman(settings, self._store)
        self._quotas = QuotaWatch(
            self._store,
            self._usage,
            counters_of(settings),
            SystemChance(),
            settings.console_url,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)

    def __repr__(self) -> str:
        return f"<Mailing: {self._postman!r}>"

    def start(self) -> None:
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Finish the mail at hand, but wait no longer than so many seconds."""
        self._stop.set()
        self._thread.join(seconds)
        self._store.engine.dispose()
        self._usage.dispose()

    def _run(self) -> None:
        away = False
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self._postman.deliver(self._stop.is_set)
                self._quotas.look()
                away = False
            except (BramkaError, SQLAlchemyError) as error:
                if not away:
                    LOG.warning("mails wait: %s", type(error).__name__)
                away = True
            except Exception:
                # Whatever it was, the mails after it are still to be delivered.
                LOG.exception("a mail or a quota could not be looked after")
