"""Calls of the management REST, over whatever leads to a console."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2
import msgspec

from bramka.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Missing,
    Unauthenticated,
    Unavailable,
)

VERSION = "2024-05-01"
PAGE = 500
Properties = dict[str, Any]
Path = str | tuple[str, ...]
"""Below the instance; in parts where one may hold a slash."""


class Calls:
    """An open connection to the management REST of one instance."""

    def __init__(self, client: httpx2.AsyncClient, base: str) -> None:
        self._client, self.base = client, base

    async def ask(
        self,
        method: str,
        path: Path,
        properties: Properties | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """What is answered to one call; None for an answer without a body."""
        body = None if properties is None else {"properties": properties}
        place = self.base + _quoted(path)
        answer = await _ask(self._client, method, place, dict(query or {}), body)
        return msgspec.json.decode(answer) if answer else None

    async def pages(
        self, path: str, query: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """Everything a list holds, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            span = {"$top": str(PAGE), "$skip": str(len(found))} | dict(query or {})
            page = (await self.ask("GET", path, query=span))["value"]
            found += page
            if len(page) < PAGE:
                return found


def _quoted(path: Path) -> str:
    if isinstance(path, str):
        return quote(path)
    for part in path:
        if part in ("", ".", ".."):
            # The address would be that of the list, or of the whole instance.
            raise Invalid(f"'{part}' is no name; write that of an entity.")
    return "".join(f"/{quote(part, safe='')}" for part in path)


async def calls_over(client: httpx2.AsyncClient) -> Calls:
    """Calls to the instance that the console at the client's other end serves."""
    return Calls(client, await _instance(client))


async def undelete_over(client: httpx2.AsyncClient) -> str:
    """Bring the deleted instance back; the path of it."""
    deleted = await _listed(client, "deletedservices")
    if not deleted:
        raise Conflict("No instance is deleted here.")
    path = str(deleted[0]["properties"]["serviceId"])
    await _ask(client, "PUT", path, {}, {"properties": {"restore": True}})
    return path


async def _instance(client: httpx2.AsyncClient) -> str:
    """The path of the instance that the console serves."""
    services = await _listed(client, "service")
    if services:
        return str(services[0]["id"])
    deleted = await _listed(client, "deletedservices")
    name, since = deleted[0]["name"], deleted[0]["properties"]["deletionDate"]
    raise Missing(
        f"The instance '{name}' was deleted on {since}; `bramka undelete` brings it "
        "back."
    )


async def _listed(client: httpx2.AsyncClient, kind: str) -> list[Any]:
    above = msgspec.json.decode(await _ask(client, "GET", "/subscriptions", {}, None))
    subscription = above["value"][0]["subscriptionId"]
    path = f"/subscriptions/{subscription}/providers/Microsoft.ApiManagement/{kind}"
    told = msgspec.json.decode(await _ask(client, "GET", path, {}, None))
    found: list[Any] = told["value"]
    return found


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
        raise Unavailable(
            f"No console answers at {client.base_url} ({error}); see that it runs, and "
            "that --url begins with http:// or https://."
        ) from error
    if not answer.is_success:
        _refuse(answer)
    if answer.content and not _is_json(answer):
        raise _no_console(answer)
    return answer.content


def _refuse(answer: httpx2.Response) -> None:
    try:
        told = answer.json()["error"]
        parts = [told["message"], *(one["message"] for one in told.get("details", ()))]
        message = " ".join(parts)
    except (ValueError, KeyError, TypeError):
        raise _no_console(answer) from None
    if answer.status_code == 401:
        raise Unauthenticated(message)
    if answer.status_code == 403:
        raise Forbidden(message)
    raise Missing(message) if answer.status_code == 404 else Invalid(message)


def _is_json(answer: httpx2.Response) -> bool:
    return "json" in answer.headers.get("Content-Type", "")


def _no_console(answer: httpx2.Response) -> Unavailable:
    return Unavailable(
        f"{answer.request.url.copy_with(query=None)} answers {answer.status_code}, and "
        "not as a console does; --url is the address of the console, such as "
        "http://127.0.0.1:8090."
    )
