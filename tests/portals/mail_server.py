"""A real mail server on loopback that takes, or refuses, what it is told to."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.ports import free_port


@dataclass
class Inbox:
    """What the server answers, and what it took."""

    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Answers to the next mails, instead of taking them; or `hang up`, `stall`."""
    stalled: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    async def handle_DATA(
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer = self.refusals.pop(0) if self.refusals else "250 taken"
        if answer == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        if answer == "stall":
            self.stalled.set()
            await asyncio.sleep(90)
        if answer.startswith("250"):
            self._take(envelope)
        return answer

    def _take(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=POLICY)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append(envelope)


@contextmanager
def mail_server(
    account: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Inbox]:
    """Listen on a free port; with an account only who knows the password may send."""
    inbox = Inbox()

    def known(
        _server: Any, _session: Any, _envelope: Any, _way: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        pair = (given.login.decode(), given.password.decode())
        return AuthResult(success=pair == account, handled=False)

    options: dict[str, Any] = {}
    if account is not None:
        options = {"authenticator": known, "auth_required": True}
    if tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    inbox.port = free_port()
    controller = Controller(
        inbox, hostname="127.0.0.1", port=inbox.port, ready_timeout=90, **options
    )
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop(no_assert=True)
