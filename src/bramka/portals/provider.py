"""`/session/providers/…`: signing in with an OpenID provider.

Code flow with PKCE, state and nonce. What must come back is kept in a cookie that only
we can read or write, for ten minutes: who starts in one browser ends in the same one.
"""

import logging

from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import BramkaError, Forbidden, Missing, Unavailable
from bramka.domain.traffic.account import local_path
from bramka.domain.traffic.identity_provider import IdentityProvider
from bramka.domain.traffic.pkce import METHOD, challenge_of
from bramka.portals.cookie import keep_session
from bramka.portals.door import go_to
from bramka.portals.flow_cookie import FLOW_SECONDS, FlowCookie
from bramka.portals.issuer import Claims, Doors, asking
from bramka.portals.linking import Wish, link_to, person
from bramka.portals.openid import offered
from bramka.portals.session import began, refuse_delegated
from bramka.portals.visit import Visit
from bramka.store import session
from bramka.store.change import queue_for_change

LOG = logging.getLogger(__name__)
CLOUDS = ("aad", "aadB2C")
"""Kinds whose issuers call themselves by another name than their address."""


class Flow(Struct, frozen=True, kw_only=True):
    """What must come back as it was sent; the repr shows none of it."""

    provider: str
    state: str
    nonce: str
    verifier: str
    then: str
    until: float
    linking: str = ""
    """Id of the user who adds the provider to their account."""
    terms: bool = False

    def __repr__(self) -> str:
        return f"<Flow {self.provider}>"


_COOKIE = FlowCookie("bramka-oidc", "oidc flow", Flow)


def start(visit: Visit) -> Response:
    """Send the browser to the provider."""
    then = local_path(visit.query.get("return", "/"))
    try:
        return _started(visit, then)
    except BramkaError as error:
        return _failed(visit, error)


def finish(visit: Visit) -> Response:
    """The browser is back: sign in whoever it turns out to be."""
    try:
        response = _finished(visit)
    except BramkaError as error:
        response = _failed(visit, error)
    # Once: whatever came of it, the same answer of the provider opens nothing more.
    _COOKIE.take_back(visit, response)
    return response


def _started(visit: Visit, then: str) -> Response:
    provider, doors = _provider(visit)
    chance = visit.site.chance
    flow = Flow(
        provider=provider.id,
        state=chance.hex(16),
        nonce=chance.hex(16),
        verifier=chance.hex(32),
        then=then,
        until=visit.site.store.clock.now() + FLOW_SECONDS,
        linking=_linking(visit),
        terms=visit.query.get("termsAccepted") == "true",
    )
    fields = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _redirect(visit, provider.id),
        "scope": "openid email profile",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge_of(flow.verifier),
        "code_challenge_method": METHOD,
    }
    response = go_to(asking(doors, fields))
    _COOKIE.give(visit, response, flow)
    return response


def _finished(visit: Visit) -> Response:
    flow = _COOKIE.read(visit)
    if flow is None:
        raise _refusal("SignInExpired", "This sign-in took too long; begin again.")
    same = visit.query.get("state", "") == flow.state
    if not same or visit.ids["provider"] != flow.provider:
        raise _refusal("SignInExpired", "This sign-in was not begun here.")
    if "error" in visit.query or not visit.query.get("code"):
        raise _refusal("ProviderRefused", "The provider did not let you in.")
    provider, doors = _provider(visit)
    told = visit.query.get("iss")
    if told is not None and told != doors.issuer:
        raise _refusal("ProviderRefused", "Another provider answered.")
    claims = _claims(visit, flow, provider, doors)
    return _welcomed(visit, flow, provider, claims)


def _claims(
    visit: Visit, flow: Flow, provider: IdentityProvider, doors: Doors
) -> Claims:
    issuers = visit.site.issuers
    client = (provider.client_id, provider.client_secret)
    fields = {
        "code": visit.query["code"],
        "redirect_uri": _redirect(visit, provider.id),
        "code_verifier": flow.verifier,
    }
    token = issuers.redeem(doors, client, fields)
    claims = issuers.claims(doors, token, provider.client_id, flow.nonce)
    tenants = provider.allowed_tenants
    if tenants and claims.get("tid") not in tenants:
        raise _refusal("ProviderRefused", "Your organisation is not let in here.")
    return claims


def _welcomed(
    visit: Visit, flow: Flow, provider: IdentityProvider, claims: Claims
) -> Response:
    wish = Wish(
        provider=provider.id,
        claims=claims,
        language=visit.language,
        terms_accepted=flow.terms,
    )
    with visit.site.store.writing() as transaction:
        queue_for_change(transaction)
        if flow.linking:
            current = session.find(transaction, visit.token) if visit.token else None
            if current is None or current.user.id != flow.linking:
                raise _refusal("SignInExpired", "Somebody else is signed in by now.")
            link_to(transaction, visit, current.user, wish)
            return go_to(flow.then)
        known = person(transaction, visit, wish)
        refuse_delegated(transaction, known)
        token, _ = began(transaction, visit, known, provider.id)
    response = go_to(flow.then)
    keep_session(response, token, secure=visit.secure)
    return response


def _provider(visit: Visit) -> tuple[IdentityProvider, Doors]:
    wanted = visit.ids["provider"]
    with visit.site.store.reading() as transaction:
        found = {one.id: (one, at) for one, _, at in offered(transaction)}
    if wanted not in found:
        raise Missing("There is no such provider here.", target="provider")
    provider, issuer = found[wanted]
    doors = visit.site.issuers.doors(issuer, strict=provider.id not in CLOUDS)
    if not doors.authorization_endpoint or not doors.token_endpoint:
        raise Unavailable(f"{issuer} signs nobody in; it names no doors for that.")
    return provider, doors


def _linking(visit: Visit) -> str:
    """Who adds the provider to their account; only ever from our own pages."""
    if visit.query.get("link") != "true" or not visit.token:
        return ""
    with visit.site.store.reading() as transaction:
        found = session.find(transaction, visit.token)
        if found is None or not found.session.span.recent(transaction.now):
            raise _refusal("SignInExpired", "Sign in again before you add a provider.")
    if visit.fetch_site not in ("same-origin", "none"):
        raise _refusal("CsrfTokenInvalid", "A page of another site sent this.")
    return found.user.id


def _redirect(visit: Visit, provider: str) -> str:
    portal = visit.site.addresses.portal.rstrip("/")
    return f"{portal}/session/providers/{provider}/callback"


def _failed(visit: Visit, error: BramkaError) -> Response:
    """Back to our page, which tells what went wrong by its code."""
    LOG.info("signing in with %s: %s", visit.ids["provider"], error.message)
    return go_to(f"/signin?error={error.code}")


def _refusal(code: str, text: str) -> Forbidden:
    refusal = Forbidden(text)
    refusal.code = code
    return refusal
