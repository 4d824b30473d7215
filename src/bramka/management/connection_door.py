"""`POST /gateway/authorizations`: gateways fetch tokens of connections here.

Only gateways of the instance itself: one apart, with a token of its own, gets none.
"""

from collections.abc import Callable

import anyio
import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid
from bramka.domain.traffic.authorization_context import LentToken, WantedToken
from bramka.management.door import bearer, read_body, refuse_other
from bramka.management.gateway_token import SCHEME
from bramka.management.refusal import JSON, refuse

_WANTED = msgspec.json.Decoder(WantedToken)
AT_ONCE = 16
"""Providers may be slow: others of the console's calls must not wait for them."""


class ConnectionDoor:
    """Lends tokens to gateways; they are in no answer of any other door."""

    def __init__(self, token: str, lend: Callable[[WantedToken], LentToken]) -> None:
        self._token, self._lend = token, lend
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    async def answer(self, request: Request) -> Response:
        try:
            token = bearer(request, SCHEME)
            if "&" in token:
                raise Forbidden(
                    "A gateway apart gets no tokens of connections; have the API "
                    "served by a gateway of the instance."
                )
            refuse_other(token, self._token)
            wanted = _read(await read_body(request))
            lent = await anyio.to_thread.run_sync(
                self._lend, wanted, limiter=self._limiter
            )
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        headers = {"Cache-Control": "no-store"}
        body = msgspec.json.encode(lent)
        return Response(body, headers=headers, media_type=JSON)


def _read(body: bytes) -> WantedToken:
    try:
        return _WANTED.decode(body)
    except msgspec.MsgspecError as error:
        raise Invalid(f"What is wanted cannot be read: {error}") from None
