"""Puts the portal's parts together: sessions, accounts, and who reads what."""

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.routing import Route

from bramka.app.clock import SystemChance
from bramka.app.settings import Settings
from bramka.management.refusal import refuse
from bramka.portals.cookie import SeenSessions
from bramka.portals.routes import account_routes
from bramka.portals.site import Addresses, Site
from bramka.store.transaction import Store


def portal_routes(
    settings: Settings, store: Store, wake: Callable[[], None]
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
    )
    return account_routes(site)


def portal_middleware(settings: Settings, store: Store) -> list[Middleware]:
    """What goes around every door of the console."""
    return [Middleware(SeenSessions, store=store, portal=settings.console_url)]
