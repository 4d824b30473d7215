"""Wires the Studio REST for the console, and the hands that work for it."""

import sys

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from bramka.app.batch import open_locator
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.app.shared import new_scorer, open_packages, shared_folder
from bramka.catalogue import shelf
from bramka.domain.traffic.account_session import CSRF_HEADER
from bramka.portals.cookie import session_token
from bramka.store import session
from bramka.store.transaction import Store, Transaction
from bramka.studio.cache import FolderCache
from bramka.studio.hands import Hands, Limits
from bramka.studio_rest.call import Person, SignIn, Site
from bramka.studio_rest.contents import ContentsDoor
from bramka.studio_rest.model import publish_by
from bramka.studio_rest.router import Studio
from bramka.studio_rest.ways import all_ways

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
CONSOLE_HANDS = 2
HAND = [sys.executable, "-m", "bramka.app.worker.hand"]
READING_MEMORY = 1 << 30


def signed_in(portal: str) -> SignIn:
    """Who holds a session of the browser faces."""

    def sign_in(transaction: Transaction, request: Request) -> Person | None:
        token = session_token(request, portal)
        visitor = session.find(transaction, token) if token else None
        if visitor is None:
            return None
        csrf = request.headers.get(CSRF_HEADER, "")
        session.check_csrf(transaction, token, request.method, csrf)
        return Person(visitor.role, visitor.user.email)

    return sign_in


def studio_site(settings: Settings, store: Store) -> Site:
    """What the Studio REST works with."""
    limits = Limits(memory=READING_MEMORY)
    return Site(
        store=store,
        chance=SystemChance(),
        hands=Hands(HAND, SystemClock(), most=CONSOLE_HANDS, limits=limits),
        modules=shelf,
        results=FolderCache(shared_folder(settings, "results")),
        folder=shared_folder(settings, "studio"),
        packages=open_packages(settings),
        locator=open_locator(settings, open_secrets(settings.data), SystemClock()),
        console_url=settings.console_url,
        services_url=settings.services_url,
        sign_in=signed_in(settings.console_url),
    )


def studio_routes(site: Site) -> list[BaseRoute]:
    """Where the console answers for the studio."""
    studio, contents = (
        Studio(site, (*all_ways(), publish_by(new_scorer))),
        ContentsDoor(site),
    )
    return [
        Route("/contents/{place:path}", contents.answer),
        Route("/api/{rest:path}", studio.answer, methods=METHODS),
        Route("/workspaces/{rest:path}", studio.answer, methods=METHODS),
    ]
