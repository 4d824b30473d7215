"""The postman: takes mails from the queue and sees that each leaves once.

A mail is leased, written, handed over, and only then marked as sent. Who dies before
the hand-over leaves a lease that runs out; who dies between the server's yes and our
mark has it sent again under the same Message-ID, by which readers know it.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bramka.domain.clock import Chance
from bramka.domain.errors import Unavailable
from bramka.domain.traffic.account_mail import (
    LEASE_SECONDS,
    pause_before,
    worth_another,
)
from bramka.portals.carrier import Carrier, NotCarried
from bramka.portals.letter import Written, write
from bramka.store import instance, mail_queue
from bramka.store.mail_queue import Claimed
from bramka.store.transaction import Store

LOG = logging.getLogger(__name__)
SWEEP_SECONDS = 3600.0


class Postman:
    """Delivers what is due."""

    def __init__(
        self,
        store: Store,
        carrier: Carrier,
        chance: Chance,
        *,
        sender: str = "",
        lease: float = LEASE_SECONDS,
    ) -> None:
        """`sender` is the address mails come from where the instance names none.

        `lease` is how long a mail is ours alone: longer than any hand-over takes.
        """
        self._store, self._carrier, self._chance = store, carrier, chance
        self._sender, self._lease = sender, lease
        self._sweep_at = 0.0

    def __repr__(self) -> str:
        return f"<Postman: {self._carrier!r}>"

    def deliver(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Deliver everything that is due, until told to stop; how many were tried."""
        tried = 0
        while not stop() and self.deliver_one():
            tried += 1
        if self._store.clock.monotonic() >= self._sweep_at:
            mail_queue.sweep(self._store)
            self._sweep_at = self._store.clock.monotonic() + SWEEP_SECONDS
        return tried

    def deliver_one(self) -> bool:
        """Try the mail that is due longest; False if none is."""
        claimed = mail_queue.claim(self._store, self._lease)
        if claimed is None:
            return False
        try:
            message = self._message(claimed)
        except (ValueError, LookupError, MessageError, Unavailable) as error:
            # Nothing that waiting could mend: an address with a line break, say.
            problem = f"it cannot be written: {type(error).__name__}"
            mail_queue.give_up(self._store, claimed, problem)
            LOG.warning("mail %d %s", claimed.mail.id, problem)
            return True
        if not mail_queue.still_ours(self._store, claimed, self._lease):
            return True
        try:
            self._carrier.carry(message, name_of(claimed))
        except NotCarried as error:
            self._not_carried(claimed, error)
        else:
            mail_queue.delivered(self._store, claimed)
            LOG.info("mail %d (%s) is sent", claimed.mail.id, claimed.mail.template)
        return True

    def _not_carried(self, claimed: Claimed, error: NotCarried) -> None:
        mail = claimed.mail
        now = self._store.clock.now()
        if not worth_another(error.status, mail.created, now):
            mail_queue.give_up(self._store, claimed, error.reason)
            LOG.warning("mail %d is given up: %s", mail.id, error.reason)
            return
        pause = pause_before(mail.attempts, self._chance.random())
        mail_queue.put_off(self._store, claimed, pause, error.reason)
        LOG.info("mail %d waits %.0f s: %s", mail.id, pause, error.reason)

    def _message(self, claimed: Claimed) -> EmailMessage:
        letter = mail_queue.unseal(self._store, claimed)
        with self._store.reading() as transaction:
            own = instance.get(transaction).noun
            written = write(transaction, letter)
            seed = f"{own.name}/{claimed.mail.id}/{claimed.mail.created}".encode()
            digest = hashlib.blake2b(
                seed, digest_size=12, key=transaction.vault.pepper
            ).hexdigest()
        sender = own.notification_sender_email or self._sender or own.publisher_email
        message = _composed(written, own.publisher_name, sender)
        message["To"] = Address(addr_spec=letter.recipient)
        created = datetime.fromtimestamp(claimed.mail.created, UTC)
        message["Date"] = format_datetime(created)
        message["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2]}>"
        return message


def _composed(written: Written, organization: str, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = written.subject
    message["From"] = Address(organization, addr_spec=sender)
    # So that nobody's out-of-office note answers us.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.plain)
    message.add_alternative(written.body, subtype="html")
    return message


def name_of(claimed: Claimed) -> str:
    """The name of the file of a mail, the same at each attempt."""
    template = "".join(one for one in claimed.mail.template if one.isalnum())
    return f"{claimed.mail.id:08}-{template}"
