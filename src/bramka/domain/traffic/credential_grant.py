"""OAuth 2 as the credential manager speaks it: what is asked of a provider, and how.

Names of parameters are those of Azure's `authorizationProviders`; what a connection
gives itself goes before what its provider has.
"""

from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct, structs

from bramka.domain.errors import Invalid, Unauthenticated
from bramka.domain.traffic.credential import Authorization, AuthorizationProvider
from bramka.domain.traffic.pkce import METHOD, challenge_of

ENTRA = "https://login.microsoftonline.com"
USUAL_LIFE = 3600.0
"""Seconds that a token lives when its provider does not say, if it can be renewed."""
LONGEST_LIFE = 10 * 366 * 86400.0
RENEW_BEFORE = 300.0
"""Seconds before its end at which a token is renewed; half its life if that is less."""
GRANTS = {
    "AuthorizationCode": "authorizationCode",
    "ClientCredentials": "clientCredentials",
}
PLACE = "/authorization-manager"
"""Where the console meets the browsers of those who agree."""
_DOORS = {
    "bitbucket": (
        "https://bitbucket.org/site/oauth2/authorize",
        "https://bitbucket.org/site/oauth2/access_token",
    ),
    "box": (
        "https://account.box.com/api/oauth2/authorize",
        "https://api.box.com/oauth2/token",
    ),
    "dropbox": (
        "https://www.dropbox.com/oauth2/authorize",
        "https://api.dropboxapi.com/oauth2/token",
    ),
    "github": (
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
    ),
    "google": (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
    ),
    "linkedin": (
        "https://www.linkedin.com/oauth/v2/authorization",
        "https://www.linkedin.com/oauth/v2/accessToken",
    ),
    "salesforce": (
        "https://login.salesforce.com/services/oauth2/authorize",
        "https://login.salesforce.com/services/oauth2/token",
    ),
}
"""Kind → where people log in, and where tokens are; any other kind says it itself."""
_ASKED_FOR_LONG = {"google": {"access_type": "offline", "prompt": "consent"}}
"""Kind → what makes it give a token for renewing."""


class Terms(Struct, frozen=True, kw_only=True):
    """All that a connection needs to ask its provider; the repr shows none of it."""

    kind: str
    authorize: str
    token: str
    refresh: str
    client_id: str
    client_secret: str
    scope: str
    resource: str

    def __repr__(self) -> str:
        return f"<Terms {self.kind}>"


class Tokens(Struct, frozen=True, kw_only=True):
    """What a provider gave; kept sealed, and the repr shows none of it."""

    access_token: str
    refresh_token: str | None = None
    claims: dict[str, Any] = {}
    obtained: float
    ends: float | None = None
    """None: it is good until somebody takes it back."""

    def __repr__(self) -> str:
        return "<Tokens>"

    def is_good(self, now: float) -> bool:
        return self.ends is None or now < self.ends

    def is_fresh(self, now: float) -> bool:
        """Whether it need not be renewed yet."""
        if self.ends is None:
            return True
        return now < self.ends - min(RENEW_BEFORE, (self.ends - self.obtained) / 2)


def terms_of(provider: AuthorizationProvider, connection: Authorization) -> Terms:
    """What the two say together; Invalid names what is missing."""
    grant = GRANTS[connection.oauth2grant_type]
    grants = (provider.oauth2 and provider.oauth2.grant_types) or {}
    given = {**_texts(grants.get(grant)), **(connection.parameters or {})}
    kind = (provider.identity_provider or "oauth2").lower()
    authorize, token = _doors(kind, given)
    terms = Terms(
        kind=kind,
        authorize=given.get("authorizationUrl", authorize),
        token=given.get("tokenUrl", token),
        refresh=given.get("refreshUrl", "") or given.get("tokenUrl", token),
        client_id=given.get("clientId", ""),
        client_secret=given.get("clientSecret", ""),
        scope=given.get("scopes", "") or given.get("scope", ""),
        resource=given.get("resourceUri", ""),
    )
    needed = {"clientId": terms.client_id, "tokenUrl": terms.token}
    if grant == "authorizationCode":
        needed["authorizationUrl"] = terms.authorize
    else:
        needed["clientSecret"] = terms.client_secret
    lacking = [name for name, value in needed.items() if not value]
    if lacking:
        raise Invalid(
            f"The provider '{provider.id}' lacks {', '.join(lacking)} for the grant "
            f"{grant}; set it in oauth2.grantTypes.{grant}, or among the parameters of "
            f"the connection '{connection.id}'.",
            target=lacking[0],
        )
    return terms


def _doors(kind: str, given: dict[str, str]) -> tuple[str, str]:
    if kind != "aad":
        return _DOORS.get(kind, ("", ""))
    tenant = quote(given.get("tenantId") or "common", safe="")
    base = f"{(given.get('loginUri') or ENTRA).rstrip('/')}/{tenant}/oauth2"
    return f"{base}/authorize", f"{base}/token"


def _texts(given: object) -> dict[str, str]:
    """The parameters that are texts, as all of them should be."""
    if not isinstance(given, dict):
        return {}
    return {str(name): one for name, one in given.items() if isinstance(one, str)}


def login_page(console: str, ticket: str) -> str:
    """Where somebody begins to agree."""
    return f"{console.rstrip('/')}{PLACE}/login/{ticket}"


def redirect_address(console: str, gateway: str) -> str:
    """Where providers send browsers back to: what has to be registered with them."""
    return f"{console.rstrip('/')}{PLACE}/redirect/apim/{quote(gateway, safe='')}"


# --- asking ---------------------------------------------------------------------------


def login_address(terms: Terms, redirect: str, state: str, verifier: str) -> str:
    """Where a browser goes so that somebody agrees (RFC 6749, 4.1.1, and PKCE)."""
    fields = {
        "response_type": "code",
        "client_id": terms.client_id,
        "redirect_uri": redirect,
        "scope": terms.scope,
        "resource": terms.resource,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": METHOD,
        **_ASKED_FOR_LONG.get(terms.kind, {}),
    }
    mark = "&" if "?" in terms.authorize else "?"
    return f"{terms.authorize}{mark}{urlencode(_filled(fields))}"


def form_for_code(
    terms: Terms, code: str, redirect: str, verifier: str
) -> dict[str, str]:
    """The form that turns a code into tokens."""
    return _proven(
        terms,
        grant_type="authorization_code",
        code=code,
        redirect_uri=redirect,
        code_verifier=verifier,
        resource=terms.resource,
    )


def form_for_client(terms: Terms) -> dict[str, str]:
    """The form for a token of the client's own."""
    return _proven(
        terms,
        grant_type="client_credentials",
        scope=terms.scope,
        resource=terms.resource,
    )


def form_for_renewal(terms: Terms, refresh_token: str) -> dict[str, str]:
    """The form that turns what came with a token into the next one."""
    return _proven(
        terms,
        grant_type="refresh_token",
        refresh_token=refresh_token,
        resource=terms.resource,
    )


def _proven(terms: Terms, **fields: str) -> dict[str, str]:
    client = {"client_id": terms.client_id, "client_secret": terms.client_secret}
    return _filled(fields | client)


def _filled(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


# --- what came back -------------------------------------------------------------------


def read_tokens(
    body: bytes, now: float, *, before: Tokens | None = None, asks_anew: bool = False
) -> Tokens:
    """What a provider answered; it renews `before`, if that is given.

    `asks_anew`: the client can have another one at any time. Unauthenticated when there
    is no token: some say so with status 200.
    """
    try:
        told = msgspec.json.decode(body, type=dict[str, Any])
        token, refresh = told.pop("access_token"), told.pop("refresh_token", None)
        life = None if told.get("expires_in") is None else float(told["expires_in"])
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError):
        token, refresh, life = None, None, None
    if not isinstance(token, str) or not token:
        raise Unauthenticated("The provider gave no access token.")
    known = Tokens(
        access_token=token,
        refresh_token=refresh if isinstance(refresh, str) and refresh else None,
        claims=told,
        obtained=now,
    )
    if known.refresh_token is None and before is not None:
        known = structs.replace(known, refresh_token=before.refresh_token)
    if life is None and (known.refresh_token is not None or asks_anew):
        life = USUAL_LIFE
    if life is None:
        return known
    return structs.replace(known, ends=now + min(max(0.0, life), LONGEST_LIFE))
