"""The door of the developer face: who reads, one transaction, one shape of answers."""

from collections.abc import Callable
from dataclasses import dataclass

import anyio.to_thread
import msgspec
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid, Missing
from bramka.portals.developer import (
    apis,
    issues,
    limits,
    operations,
    pages,
    products,
    subscriptions,
    usage,
)
from bramka.portals.developer.call import Call, Created, Refuse, Serve
from bramka.portals.developer.counters import Counters
from bramka.portals.developer.reader import ReaderOf, admitted
from bramka.store import audit
from bramka.store.audit import Entry
from bramka.store.subscription import Keys
from bramka.store.transaction import Store, Transaction
from bramka.store.user import USERS

LARGEST_BODY = 256 * 1024
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Place:
    """What the developer face works with; `app` hands it in."""

    store: Store
    usage: Engine
    chance: Chance
    reader_of: ReaderOf
    refuse: Refuse
    wake: Callable[[], None]
    """Tells gateways of a change; called in the event loop."""
    gateway: str
    portal: str
    counters: Counters


def developer_routes(place: Place) -> list[Route]:
    """Everything under `/developer` that is answered from the database."""
    door = Door(place)
    one = "/subscriptions/{subscription}"
    said = "/apis/{api}/issues"
    table: tuple[tuple[str, str, Serve], ...] = (
        ("GET", "/apis", apis.list_apis),
        ("GET", "/apis/{api}", apis.show_api),
        ("GET", "/apis/{api}/operations", operations.list_operations),
        ("GET", "/apis/{api}/openapi", apis.download_openapi),
        ("GET", said, issues.list_issues),
        ("POST", said, issues.report),
        ("GET", f"{said}/{{issue}}", issues.show_issue),
        ("GET", f"{said}/{{issue}}/comments", issues.list_comments),
        ("POST", f"{said}/{{issue}}/comments", issues.comment),
        ("GET", "/tags", apis.list_tags),
        ("GET", "/pages", pages.list_pages),
        ("GET", "/pages/{slug}", pages.show_page),
        ("GET", "/usage", usage.show_usage),
        ("GET", "/products", products.list_products),
        ("GET", "/products/{product}", products.show_product),
        ("GET", "/subscriptions", subscriptions.list_subscriptions),
        ("POST", "/subscriptions", subscriptions.subscribe),
        ("GET", one, subscriptions.show_subscription),
        ("PATCH", one, subscriptions.rename),
        ("POST", f"{one}/cancel", subscriptions.cancel),
        ("POST", f"{one}/keys", subscriptions.show_keys),
        ("POST", f"{one}/regenerate", subscriptions.regenerate),
        ("GET", f"{one}/limits", limits.show_limits),
    )
    return [door.route(method, path, serve) for method, path, serve in table]


def nothing_else(place: Place) -> Route:
    """What is under `/developer` and nobody answers is no page either."""

    def answer(request: Request) -> Response:
        path = request.url.path
        return place.refuse(Missing(f"{request.method} {path} is not done here."))

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Route("/developer/{rest:path}", answer, methods=methods)


class Door:
    """Lets calls in, and their answers out."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def route(self, method: str, path: str, serve: Serve) -> Route:
        async def answer(request: Request) -> Response:
            try:
                body = await read_body(request)
                response = await anyio.to_thread.run_sync(
                    self._answer, request, body, serve
                )
            except Exception as error:  # the edge: every error has one shape
                return self._place.refuse(error)
            if method != "GET":
                self._place.wake()
            return response

        return Route(f"/developer{path}", answer, methods=[method])

    def _answer(self, request: Request, body: bytes, serve: Serve) -> Response:
        store = self._place.store
        kind = store.reading if request.method == "GET" else store.writing
        with kind() as transaction:
            call = self._call(transaction, request, body)
            answer = serve(call)
            if request.method != "GET":
                _note(call, request.method, request.url.path, answer)
            return _told(answer)

    def _call(self, transaction: Transaction, request: Request, body: bytes) -> Call:
        place = self._place
        return Call(
            transaction=transaction,
            usage=place.usage,
            chance=place.chance,
            counters=place.counters,
            gateway=place.gateway,
            portal=place.portal,
            reader=admitted(transaction, request, place.reader_of),
            url=str(request.url.replace(query="")),
            ids=request.path_params,
            query=dict(request.query_params),
            body=body,
        )


def _note(call: Call, method: str, path: str, answer: object) -> None:
    """Note a change in the audit log, in the same transaction; never a key."""
    user = USERS.get(call.transaction, call.reader.user).noun
    made = answer.value if isinstance(answer, Created) else answer
    entry = Entry(
        moment=call.transaction.now,
        actor=f"{user.email} ({user.id})",
        role=call.reader.role or "developer",
        method=method,
        path=path,
        after=None if isinstance(made, Keys) else msgspec.to_builtins(made),
    )
    audit.note(call.transaction, entry)


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The whole body; Invalid when it is too large to be meant."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise Invalid(f"The body is larger than {largest} bytes; send less.")
    return bytes(body)


def _told(value: object) -> Response:
    if isinstance(value, Response):
        return value
    status = 200
    if isinstance(value, Created):
        status, value = 201, value.value
    # What is told depends on who asks: no cache in between may keep it.
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(value), status, headers, media_type=JSON)
