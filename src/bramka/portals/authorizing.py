"""`/session/authorization/…`: tokens of other servers, for calls tried on our pages.

Code flow with PKCE and state, or the client's own credentials. What must come back is
kept in a cookie that only we can read or write, for ten minutes and one answer; the
client's secret stays here, and the token is told to the page in an answer's body only.
"""

import hmac
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from bramka.domain.errors import (
    Forbidden,
    Invalid,
    Missing,
    Unauthenticated,
    Unavailable,
)
from bramka.domain.traffic.pkce import METHOD, challenge_of
from bramka.portals.cookie import groups_of
from bramka.portals.developer.reader import Reader
from bramka.portals.developer.visible import api_of
from bramka.portals.door import tell
from bramka.portals.flow_cookie import FLOW_SECONDS, FlowCookie
from bramka.portals.issuer import Form, Token, safe
from bramka.portals.token_source import Grant, Source, sources_of
from bramka.portals.visit import Visit
from bramka.store.api import APIS
from bramka.store.session import Visitor

PAGE = "/authorization"
"""The page of ours that servers send the browser back to."""
_OURS = frozenset(
    ("grant_type", "code", "redirect_uri", "code_verifier", "client_id", "scope")
)
Brief = Annotated[str, Meta(max_length=4096)]


class Wanted(Struct, frozen=True, rename="camel"):
    """How a token shall be got."""

    grant: Grant
    scope: Brief | None = None


class Came(Struct, frozen=True, rename="camel"):
    """What the server sent the browser back with; the repr shows none of it."""

    state: Brief
    code: Brief
    iss: Brief | None = None

    def __repr__(self) -> str:
        return "<Came>"


class Flow(Struct, frozen=True, kw_only=True):
    """What must come back as it was sent; the repr shows none of it."""

    user: str
    api: str
    source: str
    state: str
    verifier: str
    issuer: str
    until: float

    def __repr__(self) -> str:
        return f"<Flow {self.source}>"


_COOKIE = FlowCookie("bramka-token", "token flow", Flow)


def list_sources(visit: Visit) -> Response:
    """Where tokens for an API come from."""
    found = _sources(visit, visit.signed_in(), visit.ids["api"])
    return tell({"value": [one.offer for one in found]})


def begin(visit: Visit) -> Response:
    """A token of the client's own, or the address at which a person agrees to one."""
    visitor = visit.signed_in()
    wanted = visit.read(Wanted)
    source = _source(visit, visitor, visit.ids["api"], visit.ids["source"])
    if wanted.grant not in source.offer.grants:
        raise Invalid(
            f"{source.offer.name} gives no token by {wanted.grant} here; "
            f"ask by {' or '.join(source.offer.grants)}.",
            target="grant",
        )
    scope = source.offer.scope if wanted.scope is None else wanted.scope
    if wanted.grant == "clientCredentials":
        fields = {"grant_type": "client_credentials", "scope": scope}
        return tell(_token(visit, source, fields))
    return _sent(visit, visitor, source, scope)


def finish(visit: Visit) -> Response:
    """The token for the code that the server sent the browser back with."""
    visitor, came, flow = visit.signed_in(), visit.read(Came), _COOKIE.read(visit)
    if flow is None:
        raise _refusal("AuthorizationExpired", "This took too long; begin again.")
    same = hmac.compare_digest(came.state.encode(), flow.state.encode())
    if not same or flow.user != visitor.user.id:
        raise _refusal("AuthorizationExpired", "This was not begun here.")
    source = _source(visit, visitor, flow.api, flow.source)
    if flow.issuer and came.iss is not None and came.iss != flow.issuer:
        raise _refusal("TokenRefused", "Another server answered.")
    fields = {
        "grant_type": "authorization_code",
        "code": came.code,
        "redirect_uri": _page(visit),
        "code_verifier": flow.verifier,
    }
    response = tell(_token(visit, source, fields))
    _COOKIE.take_back(visit, response)
    return response


def _sent(visit: Visit, visitor: Visitor, source: Source, scope: str) -> Response:
    chance = visit.site.chance
    flow = Flow(
        user=visitor.user.id,
        api=visit.ids["api"],
        source=source.offer.id,
        state=chance.hex(16),
        verifier=chance.hex(32),
        issuer=_issuer(visit, source),
        until=visit.site.store.clock.now() + FLOW_SECONDS,
    )
    fields = {
        "response_type": "code",
        "client_id": source.client[0],
        "redirect_uri": _page(visit),
        "scope": scope,
        "state": flow.state,
        "code_challenge": challenge_of(flow.verifier),
        "code_challenge_method": METHOD,
    }
    door = _door(source.authorize)
    mark = "&" if "?" in door else "?"
    given = urlencode({name: value for name, value in fields.items() if value})
    response = tell({"address": f"{door}{mark}{given}", "state": flow.state})
    _COOKIE.give(visit, response, flow)
    return response


def _token(visit: Visit, source: Source, fields: dict[str, str]) -> Token:
    client, secret = source.client
    extra = {name: value for name, value in source.fields if name not in _OURS}
    form = extra | {name: value for name, value in fields.items() if value}
    account = None
    if source.in_body or not secret:
        form |= {"client_id": client} | ({"client_secret": secret} if secret else {})
    else:
        account = (client, secret)
    try:
        return visit.site.issuers.grant(_door(source.redeem), Form(form, account))
    except Unauthenticated as error:
        # It is the other server that refuses: who is signed in here stays so.
        raise _refusal("TokenRefused", error.message) from None


def _sources(visit: Visit, visitor: Visitor, api_id: str) -> list[Source]:
    with visit.site.store.reading() as transaction:
        if visitor.role is not None:
            return sources_of(transaction, APIS.get(transaction, api_id).noun)
        groups = groups_of(visitor.user)
        reader = Reader(user_id=visitor.user.id, groups=groups)
        return sources_of(transaction, api_of(transaction, reader, api_id))


def _source(visit: Visit, visitor: Visitor, api_id: str, wanted: str) -> Source:
    found = {one.offer.id: one for one in _sources(visit, visitor, api_id)}
    if wanted not in found:
        raise Missing("This API offers no such source of tokens.", target="source")
    source = found[wanted]
    if not source.metadata:
        return source
    doors = visit.site.issuers.described(source.metadata)
    return msgspec.structs.replace(
        source,
        authorize=doors.authorization_endpoint,
        redeem=doors.token_endpoint,
        in_body="client_secret_basic"
        not in doors.token_endpoint_auth_methods_supported,
    )


def _issuer(visit: Visit, source: Source) -> str:
    """How the server calls itself, if it told us."""
    if not source.metadata:
        return ""
    return visit.site.issuers.described(source.metadata).issuer


def _door(address: str) -> str:
    if not safe(address):
        raise Unavailable(f"The address of the server, {address!r}, is not https.")
    return address


def _page(visit: Visit) -> str:
    return visit.site.addresses.portal.rstrip("/") + PAGE


def _refusal(code: str, text: str) -> Forbidden:
    refusal = Forbidden(text)
    refusal.code = code
    return refusal
