"""Tokens for the gateway's own identity: by client credentials, kept until they end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.site import Outgoing, Site, Source
from bramka.domain.traffic.step import StepFailure

RENEW_BEFORE = 60.0
"""Seconds before its end that a token is not used any more."""
USUAL_LIFE = 300.0
"""Seconds a token is kept when the server does not say how long it lives."""
TIMEOUT = 10.0
MOST_TOKENS = 1_000

FindToken = Callable[[Exchange], Awaitable[str]]


class _Granted(msgspec.Struct):
    """What a token endpoint answers."""

    access_token: str
    expires_in: float | str = USUAL_LIFE


@dataclass
class _Kept:
    """One token, and who may renew it now."""

    token: str = ""
    ends: float = 0.0
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)


def tokens(site: Site, resource: Source, client_id: str | None) -> FindToken:
    """Gives a token for the resource; StepFailure when there is none."""
    identity = site.identity
    if client_id is not None and identity is not None:
        identity = msgspec.structs.replace(identity, client_id=client_id)
    kept: dict[str, _Kept] = site.keep_shared("identity tokens", dict)

    async def find(exchange: Exchange) -> str:
        if identity is None:
            raise StepFailure(
                "",
                "ManagedIdentityNotConfigured",
                "The gateway has no identity; set identity_token_endpoint, "
                "identity_client_id and identity_client_secret in its settings.",
            )
        wanted = resource.text(exchange).strip()
        key = f"{identity.token_endpoint}\n{identity.client_id}\n{wanted}"
        if len(kept) > MOST_TOKENS:
            kept.clear()
        entry = kept.setdefault(key, _Kept())
        if site.clock.monotonic() >= entry.ends:
            # Many calls may find it old at once; one asks, the others wait for it.
            async with entry.renewing:
                if site.clock.monotonic() >= entry.ends:
                    await _renew(entry, site, identity, wanted)
        return entry.token

    return find


async def _renew(entry: _Kept, site: Site, identity: Identity, wanted: str) -> None:
    granted = await _ask(site, identity, wanted)
    try:
        life = float(granted.expires_in)
    except ValueError:
        life = USUAL_LIFE
    entry.token = granted.access_token
    entry.ends = site.clock.monotonic() + max(0.0, life - RENEW_BEFORE)


async def _ask(site: Site, identity: Identity, wanted: str) -> _Granted:
    if identity.asks_by == "scope" and not wanted.endswith("/.default"):
        wanted = f"{wanted.rstrip('/')}/.default"
    form = {
        "grant_type": "client_credentials",
        "client_id": identity.client_id,
        "client_secret": identity.client_secret,
        identity.asks_by: wanted,
    }
    fields = [
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"Accept", b"application/json"),
    ]
    body = urlencode(form).encode()
    outgoing = Outgoing("POST", identity.token_endpoint, fields, body, TIMEOUT)
    try:
        answer = await site.fetch(outgoing)
        if answer.status != 200:
            raise _failure(f"it answered {answer.status}")
        return msgspec.json.decode(answer.body.content or b"", type=_Granted)
    except TimeoutError:
        raise _failure(f"it did not answer within {TIMEOUT:g} seconds") from None
    except BramkaError as error:
        raise _failure(error.message) from error
    except msgspec.MsgspecError:
        raise _failure("what it answered is no token") from None


def _failure(why: str) -> StepFailure:
    message = f"The token endpoint gave no token: {why}."
    return StepFailure("", "ManagedIdentityTokenNotAcquired", message)
