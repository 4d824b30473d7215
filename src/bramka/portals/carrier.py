"""How mails leave: to a mail server, or without one to files in a folder."""

import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

SECONDS = 30.0
"""Longest wait for one answer of the mail server."""


class NotCarried(Exception):
    """The mail did not leave; `status` is the server's, if it was about this mail."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Carrier(Protocol):
    """Takes a mail away."""

    def carry(self, message: EmailMessage, name: str) -> None:
        """Return when the mail is on its way, else raise NotCarried."""


class Server(Struct, frozen=True, kw_only=True):
    """A mail server, and how it is spoken to; the repr shows no password."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    trust: ssl.SSLContext | None = None
    """Whom certificates are checked against; the system's authorities if None."""

    def __repr__(self) -> str:
        return f"<Server {self.host}:{self.port}>"


class SmtpCarrier:
    """Hands mails to a server, each over a connection of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __repr__(self) -> str:
        return f"<SmtpCarrier: {self._server!r}>"

    def carry(self, message: EmailMessage, name: str) -> None:
        del name
        try:
            connection = self._open()
        except (OSError, smtplib.SMTPException) as error:
            # Whatever is wrong here is wrong for every mail: this one waits.
            raise NotCarried(_reason(error)) from None
        try:
            connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise NotCarried(f"{code} {_text(reason)}", code) from None
        except smtplib.SMTPResponseException as error:
            raise NotCarried(_reason(error), error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotCarried(_reason(error)) from None
        finally:
            # The mail is taken, or refused: how we part changes nothing of that.
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        trust = server.trust or ssl.create_default_context()
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=SECONDS, context=trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.security == "starttls":
                connection.starttls(context=trust)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


class FolderCarrier:
    """Puts mails into files that only their owner reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<FolderCarrier: {self._folder}>"

    def carry(self, message: EmailMessage, name: str) -> None:
        """Write the file whole; a second time writes the same file again."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._folder / f".{name}.{os.getpid()}"
            draft.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                file.write(message.as_bytes(policy=SMTP))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise NotCarried(f"{self._folder}: {error.strerror}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"[:500]


def _text(reason: bytes | str) -> str:
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return " ".join(text.split())[:500]
