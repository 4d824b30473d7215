"""`/authorization-manager/…`: somebody agrees that a connection acts for them.

Code flow with PKCE and state. Our page comes before the provider's: it says for whom
somebody is about to agree, so that a link in a mail cannot do it unseen.
"""

import hmac
import logging
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import BramkaError, Forbidden, Unavailable
from bramka.domain.traffic.credential_grant import (
    Terms,
    form_for_code,
    login_address,
    read_tokens,
    redirect_address,
    terms_of,
)
from bramka.portals.consent_page import Invitation, done, failed, invitation
from bramka.portals.door import go_to
from bramka.portals.flow_cookie import FLOW_SECONDS, FlowCookie
from bramka.portals.issuer import safe
from bramka.portals.visit import Visit
from bramka.store import connection, instance
from bramka.store.connection import Login
from bramka.store.credential import AUTHORIZATION_PROVIDERS, AUTHORIZATIONS
from bramka.store.transaction import Transaction

LOG = logging.getLogger(__name__)


class Flow(Struct, frozen=True, kw_only=True):
    """What must come back as it was sent; the repr shows none of it."""

    ticket: str
    state: str
    verifier: str
    agreed: str
    """What our page adds to the link on, and nobody else knows."""
    code: str
    until: float

    def __repr__(self) -> str:
        return "<Flow>"


_COOKIE = FlowCookie("bramka-connection", "connection flow", Flow)


def start(visit: Visit) -> Response:
    """Our page, or on to the provider once it was read."""
    ticket = visit.ids["ticket"]
    try:
        with visit.site.store.reading() as transaction:
            login = _login(transaction, ticket)
            name, terms = _asked(transaction, login)
            gateway = instance.get(transaction).noun.name
            flow = _flow(visit, transaction, ticket)
            confirmed = connection.is_confirmed(transaction, login, flow.code)
        if not safe(terms.authorize):
            raise Unavailable("The provider's authorizationUrl is not https.")
        if confirmed or _was_read(visit, flow):
            response = go_to(_away(visit, flow, terms, gateway))
        else:
            response = invitation(
                visit.language,
                Invitation(
                    provider=name,
                    connection=login.authorization_id,
                    gateway=gateway,
                    code=flow.code,
                    host=urlsplit(terms.authorize).hostname or "",
                    agreed=flow.agreed,
                ),
            )
        _COOKIE.give(visit, response, flow)
    except BramkaError as error:
        response = _told(visit, error)
    return response


def finish(visit: Visit) -> Response:
    """The browser is back from the provider: what it brings is worth tokens."""
    try:
        response = _finished(visit)
    except BramkaError as error:
        response = _told(visit, error)
    _COOKIE.take_back(visit, response)
    return response


def _finished(visit: Visit) -> Response:
    flow = _COOKIE.read(visit)
    given = visit.query.get("state", "")
    if flow is None or not hmac.compare_digest(given.encode(), flow.state.encode()):
        raise _refusal("This log-in was not begun in this browser, or took too long.")
    store = visit.site.store
    with store.writing() as transaction:
        login = _login(transaction, flow.ticket)
        _, terms = _asked(transaction, login)
        gateway = instance.get(transaction).noun.name
        connection.end_login(transaction, flow.ticket)
    code = visit.query.get("code", "")
    if not code or "error" in visit.query:
        raise _refusal("The provider did not agree.")
    back = redirect_address(visit.site.addresses.portal, gateway)
    form = form_for_code(terms, code, back, flow.verifier)
    told = visit.site.issuers.ask(terms.token, form)
    with store.writing() as transaction:
        # It may have been changed or deleted while the provider was asked.
        if _asked(transaction, login)[1] != terms:
            raise _refusal("The connection was changed meanwhile.")
        tokens = read_tokens(told, transaction.now)
        ids = login.provider_id, login.authorization_id
        connection.keep(transaction, *ids, tokens)
    LOG.info("the connection %s/%s was made", *ids)
    return go_to(login.then) if login.then else done(visit.language)


def _login(transaction: Transaction, ticket: str) -> Login:
    login = connection.find_login(transaction, ticket)
    if login is None:
        raise _refusal("This link was used already, or took too long.")
    return login


def _asked(transaction: Transaction, login: Login) -> tuple[str, Terms]:
    """What the provider is called, and how it is asked."""
    ids = login.provider_id, login.authorization_id
    provider = AUTHORIZATION_PROVIDERS.get(transaction, ids[0]).noun
    found = AUTHORIZATIONS.get(transaction, *ids).noun
    return provider.display_name or provider.id, terms_of(provider, found)


def _was_read(visit: Visit, flow: Flow) -> bool:
    """Whether the browser comes from our page, which only it could read."""
    told = visit.query.get("agreed", "")
    return hmac.compare_digest(told.encode(), flow.agreed.encode())


def _flow(visit: Visit, transaction: Transaction, ticket: str) -> Flow:
    """What the browser keeps of this log-in; made when it comes first."""
    known = _COOKIE.read(visit)
    if known is not None and known.ticket == ticket:
        return known
    chance = visit.site.chance
    return Flow(
        ticket=ticket,
        state=chance.hex(16),
        verifier=chance.hex(32),
        agreed=chance.hex(16),
        code=connection.consent_code(transaction, chance, ticket),
        until=visit.site.store.clock.now() + FLOW_SECONDS,
    )


def _away(visit: Visit, flow: Flow, terms: Terms, gateway: str) -> str:
    back = redirect_address(visit.site.addresses.portal, gateway)
    return login_address(terms, back, flow.state, flow.verifier)


def _told(visit: Visit, error: BramkaError) -> Response:
    LOG.info("a connection was not made: %s", error.message)
    return failed(visit.language, error.message)


def _refusal(text: str) -> Forbidden:
    refusal = Forbidden(text)
    refusal.code = "AuthorizationExpired"
    return refusal
