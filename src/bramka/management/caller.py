"""Who calls the management REST: a bearer token's holder, or somebody signed in."""

from dataclasses import dataclass, field

from starlette.requests import Request

from bramka.domain.errors import Unauthenticated
from bramka.domain.traffic.account_session import (
    CSRF_HEADER,
    cookie_name,
    is_secure,
)
from bramka.management import shared_access
from bramka.management.call import Site
from bramka.management.door import bearer
from bramka.store import access_token, session
from bramka.store.access_token import AccessToken
from bramka.store.transaction import Transaction


@dataclass(frozen=True)
class Presented:
    """What a call shows to prove who sends it; the repr shows none of it."""

    method: str
    token: str = field(default="", repr=False)
    cookie: str = field(default="", repr=False)
    csrf: str = field(default="", repr=False)
    known: AccessToken | None = None
    """Who another issuer says it is."""


def presented(request: Request, site: Site) -> Presented:
    """What a request carries; a bearer token comes before a session's cookie."""
    secure = is_secure(request.url.scheme, site.addresses.console)
    cookie = request.cookies.get(cookie_name(secure=secure), "")
    if cookie and "authorization" not in request.headers:
        csrf = request.headers.get(CSRF_HEADER, "")
        return Presented(request.method, cookie=cookie, csrf=csrf)
    return Presented(request.method, token=bearer(request, shared_access.SCHEME))


def vouched(site: Site, shown: Presented) -> Presented:
    """The same, with whom a token of another issuer stands for.

    Before any transaction: the issuer's keys may have to be fetched.
    """
    if site.vouch is None or shown.token.count(".") != 2:
        return shown
    return Presented(shown.method, shown.token, known=site.vouch(shown.token))


def caller_of(transaction: Transaction, shown: Presented) -> AccessToken:
    """Who calls; Unauthenticated for nobody, Forbidden for who may not."""
    if shown.known is not None:
        return shown.known
    if shown.cookie:
        return session.caller(transaction, shown.cookie, shown.method, shown.csrf)
    if "&" in shown.token:
        return shared_access.read(transaction, shown.token)
    known = access_token.find(transaction, shown.token)
    if known is None:
        raise Unauthenticated(
            "The bearer token is unknown or has expired; make one with "
            "`bramka token create`."
        )
    return known
