"""The doors of the portal: one transaction's work in a thread, one shape of answers."""

import logging
from collections.abc import Callable, Mapping

import anyio
import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bramka.domain.errors import TooMany
from bramka.domain.traffic.account_session import SAFE_METHODS
from bramka.portals.site import Site
from bramka.portals.visit import Visit, visit_of

LOG = logging.getLogger(__name__)
JSON = "application/json; charset=utf-8"
MOST_AT_ONCE = 8
"""Calls that are worked on at a time: each may digest a password in 19 MiB."""
NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}
Serve = Callable[[Visit], Response]


class Door:
    """Lets calls in, and their answers out."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._limiter = anyio.CapacityLimiter(MOST_AT_ONCE)

    def route(self, method: str, path: str, serve: Serve) -> Route:
        """One path that `serve` answers, in a thread."""

        async def answer(request: Request) -> Response:
            try:
                visit = await visit_of(self._site, request)
                response = await anyio.to_thread.run_sync(
                    serve, visit, limiter=self._limiter
                )
            except TooMany as error:
                # So that whoever runs the site sees that somebody guesses.
                LOG.warning("too many attempts at %s from %s", path, _address(request))
                response = self._site.refuse(error)
            except Exception as error:  # the edge: every error has one shape
                response = self._site.refuse(error)
            else:
                if method not in SAFE_METHODS:
                    self._site.wake()
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return Route(path, answer, methods=[method])


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def tell(value: object, status: int = 200) -> Response:
    """An answer in JSON that nobody in between keeps."""
    body = msgspec.json.encode(value)
    return Response(body, status, NO_STORE, media_type=JSON)


def nothing(status: int = 204) -> Response:
    """An answer that says it was done."""
    return Response(status_code=status, headers=NO_STORE)


def go_to(address: str) -> Response:
    """Send the browser on, telling the next site nothing of where it was."""
    headers = {**NO_STORE, "Location": address, "Referrer-Policy": "no-referrer"}
    return Response(status_code=302, headers=headers)
