"""The management REST for commands: of a console that runs, or right here."""

from collections.abc import Mapping
from typing import Any
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

    async def _call(
        self,
        method: str,
        path: str,
        properties: Properties | None,
        query: dict[str, str],
    ) -> Any:
        async with self._client() as client:
            base = await _instance(client)
            body = None if properties is None else {"properties": properties}
            answer = await _ask(client, method, base + quote(path), query, body)
            return msgspec.json.decode(answer) if answer else None

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
