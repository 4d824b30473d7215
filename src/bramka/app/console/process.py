"""The console's process: management REST, and the gateways' doors to the database."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bramka import __version__
from bramka.app.asgi import Server
from bramka.app.clock import SystemChance
from bramka.app.console.developer import developer_place, face_of_developers
from bramka.app.console.errands import ConsoleErrands
from bramka.app.console.expression_types import expression_types
from bramka.app.console.fetching import guarded_fetch
from bramka.app.console.git_configuration import open_git
from bramka.app.console.policy_check import policy_compiler
from bramka.app.console.policy_kinds import policy_kinds
from bramka.app.console.portal import (
    open_issuers,
    portal_middleware,
    portal_routes,
    reading_tokens,
    vouching,
)
from bramka.app.console.probing import guarded_probing
from bramka.app.console.quotas import quota_source
from bramka.app.console.studio import studio_routes, studio_site
from bramka.app.database import open_store, open_usage
from bramka.app.keeping.archive import archive_routes
from bramka.app.keeping.secrets import Secrets, open_secrets
from bramka.app.log import set_up_logging
from bramka.app.settings import Settings
from bramka.management.authority import AuthorityDoor
from bramka.management.call import Addresses, Site
from bramka.management.configuration import ConfigurationDoor
from bramka.management.connection_door import ConnectionDoor
from bramka.management.connections import Lending
from bramka.management.echo import echo
from bramka.management.exporting import ExportDoor
from bramka.management.gateway_status import StatusDoor
from bramka.management.openapi import OpenapiDoor
from bramka.management.quota_report import QuotaDoor
from bramka.management.refusal import refuse_http
from bramka.management.router import Management
from bramka.management.trace import TraceDoor
from bramka.management.tree import tree
from bramka.management.usage import UsageDoor
from bramka.portals.cookie import readers
from bramka.portals.shell import face_routes
from bramka.store.transaction import Store
from bramka.store.usage_retention import Retention

METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]
GRACE_SECONDS = 2
"""How long answers may go on when told to end; gateways that wait just ask again."""


def run(settings: Settings) -> None:
    """Serve until told to end."""
    set_up_logging("console", settings.log_level)
    secrets = open_secrets(settings.data)
    store = open_store(settings, secrets)
    usage = open_usage(settings)
    console = application(settings, secrets, store, usage)
    server = Server(
        console,
        settings.host,
        settings.console_port,
        grace_seconds=GRACE_SECONDS,
        behind_proxy=True,
        ending=console.state.close,
    )
    try:
        server.run()
    finally:
        store.engine.dispose()
        usage.dispose()


def retention_of(settings: Settings) -> Retention:
    """How long usage is kept."""
    return Retention(
        minutes=settings.usage_minute_days,
        hours=settings.usage_hour_days,
        days=settings.usage_days,
        requests=settings.request_days,
        most_requests=settings.requests_kept,
    )


def application(
    settings: Settings, secrets: Secrets, store: Store, usage: Engine
) -> Starlette:
    """Everything the console answers."""
    configuration = ConfigurationDoor(store, secrets.gateway_token)
    counting = UsageDoor(usage, secrets.gateway_token, store, retention_of(settings))
    quotas = QuotaDoor(usage, secrets.gateway_token, store)
    traces = TraceDoor(usage, secrets.gateway_token, store)
    issuers = open_issuers(store)
    errands = ConsoleErrands(settings, secrets, store)
    lending = Lending(store, issuers.ask, reading_tokens(settings, issuers))
    resources = tree()
    site = Site(
        store=store,
        usage=usage,
        chance=SystemChance(),
        compile_policy=policy_compiler(),
        addresses=Addresses(settings.gateway_url, settings.console_url),
        quotas=quota_source(settings, usage),
        policies=policy_kinds(),
        expression_types=expression_types,
        fetch=guarded_fetch(settings.services_url),
        probe=guarded_probing(settings.services_url, store.clock),
        vouch=vouching(settings, issuers),
        errands=errands,
        connections=lending,
        git=open_git(settings.data, resources),
        asks_for_match=not settings.if_match_optional,
    )
    statuses = StatusDoor(store, secrets.gateway_token, site.watch)
    exports = ExportDoor(store, settings.gateway_url)
    connections = ConnectionDoor(secrets.gateway_token, lending.lend)
    authority = AuthorityDoor(store)
    management = Management(site, resources, configuration.wake)
    described = OpenapiDoor(resources, __version__)
    readers_of = readers(settings.console_url)
    studio = studio_site(settings, store)
    developers = developer_place(settings, store, usage, readers_of, configuration.wake)
    console = Starlette(
        routes=[
            Route("/health", health),
            Route("/gateway/configuration", configuration.answer),
            Route("/gateway/usage", counting.answer, methods=["POST"]),
            Route("/gateway/quotas", quotas.answer, methods=["POST"]),
            Route("/gateway/status", statuses.answer, methods=["POST"]),
            Route("/gateway/authorizations", connections.answer, methods=["POST"]),
            Route("/gateway/traces", traces.take, methods=["POST"]),
            Route("/gateway/traces/{door}", traces.show),
            Route("/echo{rest:path}", echo, methods=METHODS),
            Route("/exports/{api}", exports.answer),
            Route("/openapi.json", described.answer),
            Route("/metadata/endpoints", authority.introduce),
            Route("/adfs/.well-known/openid-configuration", authority.describe),
            Route("/adfs/oauth2/token", authority.give, methods=["POST"]),
            Route("/providers/{rest:path}", management.answer, methods=METHODS),
            Route("/subscriptions", management.answer, methods=METHODS),
            Route("/subscriptions/{rest:path}", management.answer, methods=METHODS),
            *archive_routes(settings.console_url),
            *studio_routes(studio),
            *portal_routes(settings, store, configuration.wake, issuers),
            *face_of_developers(developers, settings, secrets),
            *face_routes(site.chance, (settings.gateway_url, settings.blobs_url)),
        ],
        middleware=portal_middleware(settings, store),
        exception_handlers={HTTPException: refuse_http},
    )
    ends = both(studio.hands.close, both(errands.close, lending.close))
    console.state.close = both(configuration.close, ends)
    return console


def both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    """One call for two."""

    def call() -> None:
        first()
        second()

    return call


async def health(_request: Request) -> Response:
    """Whether this process answers; says nothing of the database."""
    body = msgspec.json.encode({"status": "ok"})
    return Response(body, media_type="application/json")
