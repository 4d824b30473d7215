"""Token issuers: where their doors are, their keys, and what their tokens say."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct, field

from bramka.domain.clock import Clock
from bramka.domain.errors import Unauthenticated, Unavailable

Claims = dict[str, Any]
Told = TypeVar("Told")
ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
]
"""Signatures by key pairs only: with the others whoever checks could also sign."""
LEEWAY = 60
OWN_HOSTS = ("127.0.0.1", "localhost", "::1")
KEPT_SECONDS = 3600.0
"""How long what an issuer tells of itself is believed."""
LEAST_SECONDS = 60.0
"""Keys that are not known are asked for again no sooner than this."""
LONGEST_TOKEN = 32 * 1024
TENANT = "{tenantid}"
"""Stands in the issuer of a cloud that speaks for many tenants."""


class Form(Struct, frozen=True):
    """A form to send, and with whose name and password."""

    fields: dict[str, str]
    account: tuple[str, str] | None = None

    def __repr__(self) -> str:
        return "<Form>"


Exchange = Callable[[str, Form | None], bytes]
"""GETs an address, or POSTs a form to it; Unavailable, with why, if that fails."""


class Doors(Struct, frozen=True):
    """What an issuer tells of itself."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    def __post_init__(self) -> None:
        """Refuse ways that anybody in between could read."""
        for door in (self.jwks_uri, self.authorization_endpoint, self.token_endpoint):
            if door and not safe(door):
                raise ValueError("an address of the issuer is not https")


class _Granted(Struct):
    id_token: str

    def __repr__(self) -> str:
        return "<Granted>"


class Token(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a server lets callers in with; the repr does not show it."""

    access_token: str
    token_type: str
    expires_in: float | None = None
    scope: str | None = None

    def __repr__(self) -> str:
        return "<Token>"


class _Given(Struct):
    access_token: str
    token_type: str | None = None
    expires_in: float | str | None = None
    scope: str | None = None

    def __repr__(self) -> str:
        return "<Given>"


class _Keys(Struct):
    keys: list[dict[str, Any]] = field(default_factory=list)


class Issuers:
    """Every issuer that is asked, and what it told lately."""

    def __init__(self, exchange: Exchange, clock: Clock) -> None:
        self._exchange, self._clock = exchange, clock
        self._doors: dict[str, tuple[float, Doors]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    def __repr__(self) -> str:
        return f"<Issuers: {', '.join(self._doors)}>"

    def doors(self, issuer: str, *, strict: bool = True) -> Doors:
        """What an issuer tells of itself; `strict`: it must use the name we do."""
        known = self.described(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if strict and known.issuer.rstrip("/") != issuer.rstrip("/"):
            raise Unavailable(
                f"{issuer} calls itself {known.issuer[:200]}; write it as it does."
            )
        return known

    def described(self, address: str) -> Doors:
        """What the document at an address tells of an issuer."""
        at, known = self._doors.get(address, (-KEPT_SECONDS, None))
        now = self._clock.monotonic()
        if known is not None and now - at < KEPT_SECONDS:
            return known
        if not safe(address):
            raise Unavailable(f"The issuer's {address} is not an https address.")
        known = self._read(address, Doors)
        self._doors[address] = (now, known)
        return known

    def grant(self, door: str, form: Form) -> Token:
        """The access token that a form is good for."""
        try:
            given = msgspec.json.decode(self._exchange(door, form), type=_Given)
            seconds = None if given.expires_in is None else float(given.expires_in)
        except (msgspec.MsgspecError, ValueError):
            raise Unauthenticated("The server gave no access token.") from None
        return Token(
            given.access_token, given.token_type or "Bearer", seconds, given.scope
        )

    def ask(self, door: str, fields: dict[str, str]) -> bytes:
        """What a server answers to a form; never over a way that others read."""
        if not safe(door):
            raise Unavailable(f"The address {door[:200]!r} is not https.")
        return self._exchange(door, Form(fields))

    def redeem(
        self, doors: Doors, client: tuple[str, str], fields: dict[str, str]
    ) -> str:
        """The ID token that a code is good for."""
        form = {"grant_type": "authorization_code", **fields}
        if "client_secret_basic" in doors.token_endpoint_auth_methods_supported:
            sent = Form(form, client)
        else:
            sent = Form(form | {"client_id": client[0], "client_secret": client[1]})
        told = self._exchange(doors.token_endpoint, sent)
        try:
            return msgspec.json.decode(told, type=_Granted).id_token
        except msgspec.MsgspecError:
            raise Unauthenticated("The provider gave no ID token.") from None

    def claims(
        self, doors: Doors, token: str, audience: str, nonce: str | None = None
    ) -> Claims:
        """What a token says, checked; Unauthenticated names what is wrong with it."""
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated("The token is too long to be one.")
        claims = self._signed(doors, token)
        issuer = doors.issuer.replace(TENANT, str(claims.get("tid", "")))
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            rules.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated(f"The token is not valid here: {error}") from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if several and nonce is not None and claims.get("azp") != audience:
            raise Unauthenticated("The token was made for somebody else.")
        if nonce is not None and claims.get("nonce") != nonce:
            raise Unauthenticated("The token answers another question than ours.")
        return claims

    def _signed(self, doors: Doors, token: str) -> Claims:
        try:
            return self._decoded(token, self._keys_of(doors, KEPT_SECONDS))
        except (JoseError, ValueError, TypeError, KeyError):
            # It may be signed with a key that is newer than what we know.
            keys = self._keys_of(doors, LEAST_SECONDS)
        try:
            return self._decoded(token, keys)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            reason = f"The signature of the token does not fit: {type(error).__name__}."
            raise Unauthenticated(reason) from None

    def _decoded(self, token: str, keys: KeySet) -> Claims:
        return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)

    def _keys_of(self, doors: Doors, oldest: float) -> KeySet:
        at, known = self._keys.get(doors.jwks_uri, (-KEPT_SECONDS, None))
        now = self._clock.monotonic()
        if known is not None and now - at < oldest:
            return known
        told = self._read(doors.jwks_uri, _Keys)
        usable = [one for one in told.keys if one.get("use", "sig") == "sig"]
        try:
            keys = KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, KeyError) as error:
            reason = f"The keys of {doors.issuer} cannot be read: {error}"
            raise Unavailable(reason) from None
        self._keys[doors.jwks_uri] = (now, keys)
        return keys

    def _read(self, address: str, kind: type[Told]) -> Told:
        try:
            return msgspec.json.decode(self._exchange(address, None), type=kind)
        except msgspec.MsgspecError as error:
            raise Unavailable(
                f"{address} does not tell what it should: {error}"
            ) from None


def asking(doors: Doors, fields: dict[str, str]) -> str:
    """The address at which people say that they are who they are."""
    mark = "&" if "?" in doors.authorization_endpoint else "?"
    return f"{doors.authorization_endpoint}{mark}{urlencode(fields)}"


def safe(address: str) -> bool:
    """Whether nobody in between reads what goes there: https, or this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme == "https":
        return True
    # By its parts: what begins with http://localhost: may name another host behind @.
    return parts.scheme == "http" and parts.hostname in OWN_HOSTS
