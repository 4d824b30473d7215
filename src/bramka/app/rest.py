"""The management REST for commands: of a console that runs, or right here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import anyio
import httpx2
import msgspec

from bramka.app.clock import SystemChance
from bramka.app.console import application, open_usage
from bramka.app.database import open_store
from bramka.app.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.errors import Forbidden, Invalid, Missing, Unavailable
from bramka.store import access_token

VERSION = "2024-05-01"
_LIFETIME = 120.0
_HERE = "http://bramka"
PAGE = 500
T = TypeVar("T")
Properties = dict[str, Any]


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
            return await work(Calls(client, await _instance(client)))

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


class Calls:
    """An open connection to the management REST of one instance."""

    def __init__(self, client: httpx2.AsyncClient, base: str) -> None:
        self._client, self.base = client, base

    async def ask(
        self,
        method: str,
        path: str,
        properties: Properties | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """What is answered to one call; None for an answer without a body."""
        body = None if properties is None else {"properties": properties}
        place = self.base + quote(path)
        answer = await _ask(self._client, method, place, dict(query or {}), body)
        return msgspec.json.decode(answer) if answer else None

    async def pages(self, path: str) -> list[dict[str, Any]]:
        """Everything a list holds, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            query = {"$top": str(PAGE), "$skip": str(len(found))}
            page = (await self.ask("GET", path, query=query))["value"]
            found += page
            if len(page) < PAGE:
                return found


def _client(
    url: str, token: str, transport: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
    return httpx2.AsyncClient(base_url=url, headers=headers, transport=transport)


async def _instance(client: httpx2.AsyncClient) -> str:
    """The path of the instance that the console serves."""
    listed = msgspec.json.decode(await _ask(client, "GET", "/subscriptions", {}, None))
    subscription = listed["value"][0]["subscriptionId"]
    path = f"/subscriptions/{subscription}/providers/Microsoft.ApiManagement/service"
    services = msgspec.json.decode(await _ask(client, "GET", path, {}, None))
    return str(services["value"][0]["id"])


async def _ask(
    client: httpx2.AsyncClient,
    method: str,
    path: str,
    query: dict[str, str],
    body: Properties | None,
) -> bytes:
    params = {"api-version": VERSION} | query
    try:
        answer = await client.request(method, path, params=params, json=body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unavailable(f"The console does not answer: {error}") from error
    if not answer.is_success:
        _refuse(answer)
    return answer.content


def _refuse(answer: httpx2.Response) -> None:
    try:
        told = answer.json()["error"]
        parts = [told["message"], *(one["message"] for one in told.get("details", ()))]
        message = " ".join(parts)
    except (ValueError, KeyError, TypeError):
        message = f"The console answers {answer.status_code}."
    if answer.status_code in (401, 403):
        raise Forbidden(message)
    raise Missing(message) if answer.status_code == 404 else Invalid(message)
