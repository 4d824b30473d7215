"""The addresses of the services process, and what answers each."""

import msgspec

from bramka.scoring.doors import Call, Doors
from bramka.scoring.execute import Execute
from bramka.scoring.help_page import STYLE, TITLES, Page, help_page, style_sheet
from bramka.scoring.refusal import JSON_TYPE
from bramka.scoring.registry import Registry
from bramka.scoring.router import Outcome, Route, Run, Values
from bramka.scoring.swagger import swagger_document
from bramka.wire.message import Answer, Request

NEWER = "/subscriptions/{subscription}/services/{endpoint}/execute"
"""As services of Azure's resource manager were called."""
HELP = "/apihelp/workspaces/{workspace}/webservices/{service}/endpoints/{endpoint}"


def service_routes(
    doors: Doors, registry: Registry, execute: Execute, base_url: str
) -> list[Route]:
    """Synchronous calls, documents and help; batch jobs bring routes of their own."""

    def swagger(call: Call) -> Outcome:
        return _json(swagger_document(call.deployment, base_url))

    def page(name: Page) -> Run:
        return doors.open(lambda call: help_page(call.deployment, name, base_url))

    called = doors.with_key("POST", "/execute", execute)
    return [
        called,
        Route("POST", NEWER, _in_its_workspace(registry, called.run)),
        doors.with_key("POST", "/score", execute),
        doors.without_key("GET", "/swagger.json", swagger),
        Route("GET", f"{HELP}/apidocument", doors.open(swagger)),
        Route("GET", HELP, page("score")),
        *(Route("GET", f"{HELP}/{name}", page(name)) for name in TITLES),
        Route("GET", STYLE, lambda _request, _values: style_sheet()),
        Route("GET", "/health", _health(registry)),
    ]


def _in_its_workspace(registry: Registry, run: Run) -> Run:
    """The same for addresses that name the endpoint without its workspace."""

    def found(request: Request, values: Values) -> Outcome:
        known = registry.deployments.get(values["endpoint"].lower())
        # Any workspace will do to be told that there is no such service.
        workspace = (
            known.endpoint.workspace_id
            if known
            else next(iter(registry.workspaces), "")
        )
        place = {"workspace": workspace, "endpoint": values["endpoint"]}
        return run(request, place)

    return found


def _health(registry: Registry) -> Run:
    def health(_request: Request, _values: Values) -> Outcome:
        counted = {
            "status": "ok",
            "endpoints": len(registry.deployments),
            "broken": len(registry.broken),
        }
        return _json(counted)

    return health


def _json(content: object) -> Answer:
    return Answer(200, msgspec.json.encode(content), list(JSON_TYPE))
