"""`/metadata/endpoints` and `/adfs`: where clients such as `az` sign in.

A secret is a token of `bramka token create`; whoever presents a known one gets it back.
"""

from urllib.parse import parse_qs

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bramka.management.door import read_body
from bramka.management.refusal import JSON, refuse
from bramka.store import access_token
from bramka.store.transaction import Store

LIFETIME = 3600
"""Seconds after which a client asks again; the token itself may live longer."""
GRANT = "client_credentials"


class AuthorityDoor:
    """Describes itself and gives tokens, as OpenID Connect and OAuth 2 say."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def introduce(self, request: Request) -> Response:
        """`/metadata/endpoints`: what a cloud tells of itself when it is registered."""
        here = str(request.base_url).rstrip("/")
        return _told(
            {
                "name": "bramka",
                "resourceManager": here,
                "portal": here,
                "authentication": {
                    "loginEndpoint": f"{here}/adfs",
                    "audiences": [here],
                    "identityProvider": "ADFS",
                    "tenant": "adfs",
                },
                "suffixes": {},
            }
        )

    async def describe(self, request: Request) -> Response:
        """`/.well-known/openid-configuration`: where tokens are given."""
        here = str(request.base_url).rstrip("/") + "/adfs"
        return _told(
            {
                "issuer": here,
                "authorization_endpoint": f"{here}/oauth2/authorize",
                "token_endpoint": f"{here}/oauth2/token",
                "grant_types_supported": [GRANT],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    async def give(self, request: Request) -> Response:
        """`/oauth2/token`: the access token that was sent as a secret."""
        try:
            body = await read_body(request)
            form = parse_qs(body.decode("utf-8", errors="replace"))
            if form.get("grant_type") != [GRANT]:
                return _refused("unsupported_grant_type", f"Only {GRANT} is spoken.")
            secret = form.get("client_secret", [""])[0]
            left = await anyio.to_thread.run_sync(self._left, secret)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        if left is None:
            return _refused(
                "invalid_client",
                "The secret is unknown or has expired; give a token that "
                "`bramka token create` made.",
                401,
            )
        return _told(
            {"access_token": secret, "token_type": "Bearer", "expires_in": left}
        )

    def _left(self, secret: str) -> int | None:
        """Seconds until the client should ask again; None for an unknown secret."""
        with self._store.reading() as transaction:
            known = access_token.find(transaction, secret)
            if known is None or known.expires is None:
                return None if known is None else LIFETIME
            return min(LIFETIME, int(known.expires - transaction.now))


def _refused(code: str, message: str, status: int = 400) -> Response:
    return _told({"error": code, "error_description": message}, status)


def _told(told: object, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(told), status, headers, media_type=JSON)
