"""What an OpenID provider tells of itself: fetched once, renewed besides the calls.

Keys are renewed every hour while calls come, without any of them waiting. Only the
first call waits, and one whose token names a key that is not known: then the provider
is asked again, at most every five minutes.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.site import Outgoing, Site
from bramka.domain.traffic.step import StepFailure
from bramka.policies._keys import SigningKey, of_set

log = logging.getLogger(__name__)

RENEW_AFTER = 3600.0
UNKNOWN_KEY_PAUSE = 300.0
FAILURE_PAUSE = 10.0
TIMEOUT = 10.0
MOST_PROVIDERS = 256


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider said last."""

    issuer: str
    keys: tuple[SigningKey, ...]


class _Metadata(msgspec.Struct):
    jwks_uri: str
    issuer: str = ""


class _Keys(msgspec.Struct):
    keys: list[dict[str, Any]]


class OpenId:
    """One provider, by the address of its configuration."""

    def __init__(self, url: str, site: Site) -> None:
        self._url = url
        self._fetch = site.fetch
        self._spawn = site.spawn
        self._monotonic = site.clock.monotonic
        self._provider: Provider | None = None
        self._asked = float("-inf")
        self._renewing = asyncio.Lock()
        self._problem = ""

    def known(self) -> Provider | None:
        """What the provider said, if it was ever asked; old answers are renewed."""
        if (
            self._provider is not None
            and self._is_older_than(RENEW_AFTER)
            and not self._renewing.locked()
        ):
            self._spawn(self._renew(RENEW_AFTER))
        return self._provider

    async def asked(self) -> Provider:
        """The same, asked now if need be; StepFailure when it never could be."""
        if self._provider is None:
            await self._renew(FAILURE_PAUSE)
        if self._provider is None:
            message = f"The OpenID configuration {self._url} cannot be had"
            raise StepFailure(
                "", "OpenIdConfigurationNotAvailable", f"{message}: {self._problem}."
            )
        return self._provider

    async def renewed(self) -> Provider:
        """The same after a key was not known: asked again, but not too often."""
        await self._renew(UNKNOWN_KEY_PAUSE)
        return await self.asked()

    def _is_older_than(self, seconds: float) -> bool:
        return self._monotonic() - self._asked >= seconds

    async def _renew(self, pause: float) -> None:
        async with self._renewing:
            # Whoever had the lock before may have asked already.
            if not self._is_older_than(pause):
                return
            try:
                self._provider = await self._ask()
            except (BramkaError, TimeoutError, msgspec.MsgspecError) as error:
                self._problem = str(error) or "it did not answer in time"
                log.warning("OpenID configuration %s: %s", self._url, self._problem)
            finally:
                self._asked = self._monotonic()

    async def _ask(self) -> Provider:
        metadata = msgspec.json.decode(await self._get(self._url), type=_Metadata)
        keys = msgspec.json.decode(await self._get(metadata.jwks_uri), type=_Keys)
        return Provider(metadata.issuer, of_set(keys.keys))

    async def _get(self, url: str) -> bytes:
        fields = [(b"Accept", b"application/json")]
        answer = await self._fetch(Outgoing("GET", url, fields, timeout=TIMEOUT))
        if answer.status != 200:
            raise msgspec.ValidationError(f"{url} answered {answer.status}")
        return answer.body.content or b""


def provider_at(url: str, site: Site) -> OpenId:
    """The provider of that address, which all policies of the gateway share."""
    known: dict[str, OpenId] = site.keep_shared("openid providers", dict)
    if url not in known:
        if len(known) >= MOST_PROVIDERS:
            known.clear()
        known[url] = OpenId(url, site)
    return known[url]


def issuer_for(provider: Provider, payload: Mapping[str, object]) -> str:
    """The issuer; where it has a place for a tenant, the token's own is put in."""
    return provider.issuer.replace("{tenantid}", str(payload.get("tid", "")))
