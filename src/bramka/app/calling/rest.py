"""The management REST for commands: of a console that runs, or right here."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import anyio
import httpx2

from bramka.app.calling.calls import Calls, Path, Properties, calls_over, undelete_over
from bramka.app.clock import SystemChance
from bramka.app.console.process import application
from bramka.app.database import opened_store, opened_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.errors import Invalid, Missing, Unauthenticated
from bramka.store import access_token
from bramka.store.transaction import Store

_LIFETIME = 120.0
_HERE = "http://bramka"
_Reach = tuple[str, str, httpx2.AsyncBaseTransport | None]
"""Where the console is, a token for it, and a way that is no network."""
T = TypeVar("T")


class Rest:
    """Calls below the one instance; errors become the domain's, with their message."""

    def __init__(self, settings: Settings, url: str, token: str) -> None:
        """With an empty `url` the data folder itself is worked on."""
        self._settings, self._url, self._token = settings, url.rstrip("/"), token
        if url and not token:
            raise Unauthenticated(
                "--url wants a token: name one with --token or in the variable "
                "BRAMKA_TOKEN; `bramka token create` makes one."
            )
        if not url and not settings.data.is_dir():
            raise Missing(
                f"There is no data folder {settings.data}; name it with --data."
            )

    def call(
        self,
        method: str,
        path: Path,
        properties: Properties | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """What is answered; None for an answer without a body."""
        return anyio.run(self._call, method, path, properties, dict(query or {}))

    def within(self, work: "Callable[[Calls], Awaitable[T]]") -> T:
        """What many calls over one connection come to."""
        return anyio.run(self._within, work)

    def undelete(self) -> str:
        """Bring the deleted instance back; its name."""
        return anyio.run(self._undelete).rpartition("/")[2]

    async def _undelete(self) -> str:
        with self._reach() as (url, token, transport):
            async with _client(url, token, transport) as client:
                del client.headers["If-Match"]
                return await undelete_over(client)

    async def _within(self, work: "Callable[[Calls], Awaitable[T]]") -> T:
        with self._reach() as (url, token, transport):
            async with _client(url, token, transport) as client:
                return await work(await calls_over(client))

    async def _call(
        self,
        method: str,
        path: Path,
        properties: Properties | None,
        query: dict[str, str],
    ) -> Any:
        return await self._within(
            lambda calls: calls.ask(method, path, properties, query)
        )

    @contextmanager
    def _reach(self) -> Iterator[_Reach]:
        if self._url:
            yield self._url, self._token, None
            return
        settings = self._settings
        with opened_store(settings) as store, opened_usage(settings) as usage:
            here = application(settings, open_secrets(settings.data), store, usage)
            try:
                yield _HERE, _own_token(store), httpx2.ASGITransport(here)
            finally:
                here.state.close()


def _own_token(store: Store) -> str:
    with store.writing() as transaction:
        return access_token.issue(
            transaction,
            SystemChance(),
            role="owner",
            name="command line",
            lifetime=_LIFETIME,
        )


def _client(
    url: str, token: str, transport: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    if not (token.isascii() and token.isprintable()):
        raise Invalid(
            "The token holds what no token of `bramka token create` does; copy it anew."
        )
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
    try:
        return httpx2.AsyncClient(base_url=url, headers=headers, transport=transport)
    except httpx2.InvalidURL as error:
        raise Invalid(
            f"--url is '{url}', which is no address ({error}); write one such as "
            "http://127.0.0.1:8090."
        ) from error
