"""A console on a real socket, and clients for it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from tests.databases import DEMO, new_store

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.console.process import application
from bramka.app.database import open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.store import access_token
from bramka.store.access_token import Role
from bramka.store.transaction import Store

VERSION = {"api-version": "2024-05-01"}
BASE = (
    f"/subscriptions/{DEMO.subscription_id}/resourceGroups/{DEMO.resource_group}"
    f"/providers/Microsoft.ApiManagement/service/{DEMO.name}"
)


class Listener:
    """A server on a real socket that answers with the application of the moment.

    One for all tests: starting and ending a server each time would take longer than
    most tests do.
    """

    def __init__(self) -> None:
        self.application: Starlette | None = None
        self._going_on = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.application is not None, "a test sets it before it calls"
        self._going_on += 1
        try:
            await self.application(scope, receive, send)
        finally:
            self._going_on -= 1

    def close(self) -> None:
        """End the application; what a caller no longer waits for is waited for here.

        Its connection would come back to a pool that nobody closes any more.
        """
        assert self.application is not None, "a test has set it"
        self.application.state.close()
        until = time.monotonic() + 90
        while self._going_on and time.monotonic() < until:
            time.sleep(0.01)


@contextmanager
def listening() -> Iterator[tuple[str, Listener]]:
    """Serve from a thread; gives the address and what answers."""
    listener = Listener()
    config = uvicorn.Config(
        listener,
        port=0,
        loop="uvloop",
        http="httptools",
        log_config=None,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", listener
    server.should_exit = True
    thread.join()


@dataclass
class Console:
    """A running console; its REST is spoken to in paths below the instance."""

    url: str
    store: Store
    token: str
    gateway_token: str
    client: httpx2.Client

    def call(
        self,
        method: str,
        path: str,
        properties: dict[str, Any] | None = None,
        *,
        match: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """One call; `properties` are put into the envelope."""
        headers = {} if match is None else {"If-Match": match}
        body = None if properties is None else {"properties": properties}
        return self.client.request(
            method,
            BASE + path,
            params=VERSION | dict(query or {}),
            headers=headers,
            json=body,
        )

    def settled(self, answer: httpx2.Response) -> httpx2.Response:
        """What a long-running operation comes to; any other answer as it is."""
        until = time.monotonic() + 90
        while answer.status_code == 202 and time.monotonic() < until:
            time.sleep(0.01)
            answer = self.client.get(answer.headers["Location"])
        return answer

    def issue(self, role: Role) -> str:
        """A token of a role."""
        with self.store.writing() as transaction:
            return access_token.issue(transaction, SystemChance(), role=role, name=role)


@contextmanager
def running_console(
    database: str,
    folder: Path,
    listening: tuple[str, Listener],
    settings: Settings | None = None,
) -> Iterator[Console]:
    """A console on a database with a new instance in it."""
    url, listener = listening
    settings = settings or Settings(data=folder, usage_database=database)
    secrets = open_secrets(folder)
    with new_store(database, SystemClock()) as store:
        with store.writing() as transaction:
            token = access_token.issue(
                transaction, SystemChance(), role="owner", name="test"
            )
        usage = open_usage(settings)
        listener.application = application(settings, secrets, store, usage)
        headers = {"Authorization": f"Bearer {token}"}
        # Nothing here speaks TLS: reading what is trusted would take most of the start.
        with httpx2.Client(
            base_url=url, headers=headers, verify=False, timeout=90
        ) as client:
            yield Console(url, store, token, secrets.gateway_token, client)
        listener.close()
        usage.dispose()
