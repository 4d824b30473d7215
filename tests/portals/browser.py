"""A portal in this process, with a clock to hold, and browsers that visit it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from starlette.applications import Starlette
from tests.databases import DEMO, new_store

from bramka.app.console.process import application
from bramka.app.database import open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.traffic.account_mail import Letter
from bramka.domain.traffic.user import User
from bramka.store import user
from bramka.store.mail_queue import MAIL
from bramka.store.transaction import Store
from bramka.testing import FakeClock

PASSWORD = "a long enough password"
BASE = (
    f"/subscriptions/{DEMO.subscription_id}/resourceGroups/{DEMO.resource_group}"
    f"/providers/Microsoft.ApiManagement/service/{DEMO.name}"
)


class Browser:
    """Keeps cookies and sends the CSRF token as our pages do."""

    def __init__(
        self, app: Starlette, origin: str, address: str = "192.0.2.1", agent: str = "b"
    ) -> None:
        transport = httpx2.ASGITransport(app, client=(address, 1))
        self.client = httpx2.AsyncClient(
            transport=transport, base_url=origin, headers={"User-Agent": agent}
        )
        self.csrf = ""

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        sent = {"X-CSRF-Token": self.csrf} if self.csrf else {}
        content = None if body is None else msgspec.json.encode(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        answer = await self.client.request(
            method, path, content=content, headers=kind | sent | (headers or {})
        )
        if answer.headers.get("content-type", "").startswith("application/json"):
            told = answer.json()
            if isinstance(told, dict) and "csrf" in told:
                self.csrf = told["csrf"]
        return answer

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx2.Response:
        return await self.ask(
            "POST", "/session", {"email": email, "password": password}
        )

    async def who(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = (await self.ask("GET", "/session")).json()[
            "user"
        ]
        return found

    @property
    def cookie(self) -> str:
        return self.client.cookies.get("bramka-session") or ""


@dataclass
class Portal:
    """A console that answers in this process."""

    app: Starlette
    store: Store
    clock: FakeClock
    origin: str
    gateway_token: str = ""

    def browser(self, address: str = "192.0.2.1", agent: str = "b") -> Browser:
        return Browser(self.app, self.origin, address, agent)

    def add_user(self, name: str, state: Any = "active") -> User:
        """Somebody with an address and the usual password."""
        noun = User(
            id=name,
            first_name=name.title(),
            last_name="Test",
            email=f"{name}@example.com",
            state=state,
            groups=("developers",),
        )
        with self.store.writing() as transaction:
            user.put(transaction, noun)
            user.set_password(transaction, name, PASSWORD)
        return noun

    def letters(self) -> list[Letter]:
        """What waits to be sent, the oldest first."""
        with self.store.reading() as transaction:
            rows = transaction.connection.execute(
                MAIL.select().where(MAIL.c.state == "waiting").order_by(MAIL.c.id)
            )
            cipher = transaction.vault.cipher
            return [
                msgspec.json.decode(
                    cipher.decrypt(row.letter, f"mail/{row.id}"), type=Letter
                )
                for row in rows
            ]

    def link_token(self, template: str) -> str:
        """The token in the newest mail of a kind."""
        letter = [one for one in self.letters() if one.template == template][-1]
        return letter.tokens["ConfirmUrl"].partition("token=")[2]


@contextmanager
def running_portal(
    database: str, folder: Path, origin: str = "http://portal.test", **settings: Any
) -> Iterator[Portal]:
    """A portal on a database with a new instance in it."""
    told = Settings(
        data=folder, usage_database=database, console_url=origin, **settings
    )
    secrets = open_secrets(folder)
    clock = FakeClock()
    with new_store(database, clock) as store:
        usage = open_usage(told)
        app = application(told, secrets, store, usage)
        yield Portal(app, store, clock, origin, secrets.gateway_token)
        app.state.close()
        usage.dispose()
