"""The management REST for commands: of a console that runs, or right here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import anyio
import httpx2

from bramka.app.calls import Calls, Properties, calls_over
from bramka.app.clock import SystemChance
from bramka.app.console import application, open_usage
from bramka.app.database import open_store
from bramka.app.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.errors import Missing
from bramka.store import access_token

_LIFETIME = 120.0
_HERE = "http://bramka"
T = TypeVar("T")


class Rest:
    """Calls below the one instance; errors become the domain's, with their message."""

    def __init__(self, settings: Settings, url: str, token: str) -> None:
        """With an empty `url` the data folder itself is worked on."""
        self._settings, self._url, self._token = settings, url.rstrip("/"), token
        if not url and not settings.data.is_dir():
            raise Missing(
                f"There is no data folder {settings.data}; name it with --data."
            )

    def call(
        self,
        method: str,
        path: str,
        properties: Properties | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """What is answered; None for an answer without a body."""
        return anyio.run(self._call, method, path, properties, dict(query or {}))

    def within(self, work: "Callable[[Calls], Awaitable[T]]") -> T:
        """What many calls over one connection come to."""
        return anyio.run(self._within, work)

    async def _within(self, work: "Callable[[Calls], Awaitable[T]]") -> T:
        async with self._client() as client:
            return await work(await calls_over(client))

    async def _call(
        self,
        method: str,
        path: str,
        properties: Properties | None,
        query: dict[str, str],
    ) -> Any:
        return await self._within(
            lambda calls: calls.ask(method, path, properties, query)
        )

    def _client(self) -> httpx2.AsyncClient:
        if self._url:
            return _client(self._url, self._token, None)
        secrets = open_secrets(self._settings.data)
        store = open_store(self._settings, secrets)
        with store.writing() as transaction:
            token = access_token.issue(
                transaction,
                SystemChance(),
                role="owner",
                name="command line",
                lifetime=_LIFETIME,
            )
        usage = open_usage(self._settings)
        here = application(self._settings, secrets, store, usage)
        return _client(_HERE, token, httpx2.ASGITransport(here))


def _client(
    url: str, token: str, transport: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
    return httpx2.AsyncClient(base_url=url, headers=headers, transport=transport)
