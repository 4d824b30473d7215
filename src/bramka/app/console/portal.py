"""Puts the portal's parts together: sessions, accounts, and who reads what."""

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.routing import Route

from bramka.app.clock import SystemChance
from bramka.app.outside import exchange
from bramka.app.settings import Settings
from bramka.domain.errors import Invalid
from bramka.domain.traffic.account import Role
from bramka.domain.traffic.authorization_context import AUDIENCE
from bramka.management.call import Vouch
from bramka.management.connections import ReadToken
from bramka.management.refusal import refuse
from bramka.portals.cookie import SeenSessions
from bramka.portals.issuer import Claims, Issuers
from bramka.portals.routes import account_routes
from bramka.portals.site import Addresses, Site
from bramka.portals.vouching import Trust, Vouching
from bramka.store.transaction import Store


def open_issuers(store: Store) -> Issuers:
    """What is known of token issuers, for everybody in this process."""
    return Issuers(exchange, store.clock)


def vouching(settings: Settings, issuers: Issuers) -> Vouch | None:
    """Who knows the tokens of the issuer in the settings; None without one."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_audience:
        raise Invalid(
            "oidc_issuer is set and oidc_audience is not; tokens for anybody would "
            "open the management REST. Set it to what your tokens are meant for."
        )
    named: tuple[tuple[str, Role], ...] = (
        (settings.oidc_owner, "owner"),
        (settings.oidc_editor, "editor"),
        (settings.oidc_viewer, "viewer"),
    )
    trust = Trust(
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        claim=settings.oidc_role_claim,
        values={value: role for value, role in reversed(named) if value},
    )
    return Vouching(issuers, trust).caller


def reading_tokens(settings: Settings, issuers: Issuers) -> ReadToken | None:
    """Who reads tokens that callers show for connections; None without an issuer."""
    issuer = settings.oidc_issuer
    if not issuer:
        return None

    def read(token: str) -> Claims:
        return issuers.claims(issuers.doors(issuer), token, AUDIENCE)

    return read


def portal_routes(
    settings: Settings, store: Store, wake: Callable[[], None], issuers: Issuers
) -> list[Route]:
    """Sessions and accounts."""
    site = Site(
        store=store,
        chance=SystemChance(),
        addresses=Addresses(
            portal=settings.console_url,
            gateway=settings.gateway_url,
            services=settings.services_url,
            blobs=settings.blobs_url,
        ),
        refuse=refuse,
        wake=wake,
        issuers=issuers,
    )
    return account_routes(site)


def portal_middleware(settings: Settings, store: Store) -> list[Middleware]:
    """What goes around every door of the console."""
    return [Middleware(SeenSessions, store=store, portal=settings.console_url)]
