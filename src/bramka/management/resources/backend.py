"""Backends."""

from msgspec import structs
from starlette.responses import Response

from bramka.domain.duration import seconds_of
from bramka.domain.errors import Conflict
from bramka.domain.traffic.backend import Backend
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Action, Ids, Resource, Sent
from bramka.management.resources.backend_check import check_backend
from bramka.management.shape import Shape, is_address, wrong
from bramka.store import backend
from bramka.store.collection import Record

SOONEST_RECONNECT, LATEST_RECONNECT = 120.0, 365 * 86_400.0


class Backends(Resource[Backend]):
    """Named places the gateway forwards to."""

    segment = "backends"
    type = "backends"
    collection = backend.BACKENDS
    shape = Shape(noun=Backend, hidden=frozenset(("id", "reconnectAt")))
    unlogged = frozenset(("credentials",))

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "reconnect": Action(_reconnect),
        }

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "type": Field(column.type, "word"),
            "title": Field(column.title),
            "url": Field(column.url),
        }

    def show(self, call: Call, noun: Backend) -> Properties:
        shown = super().show(call, noun)
        if noun.pool is not None:
            services = [
                {
                    "id": f"{call.base}/backends/{member.id}",
                    "weight": member.weight,
                    "priority": member.priority,
                }
                for member in noun.pool.services
            ]
            shown["pool"] = {"services": services}
        if noun.proxy is not None:
            shown["proxy"] = {"url": noun.proxy.url, "username": noun.proxy.username}
        return shown

    def check(self, call: Call, given: Properties) -> Properties:
        pool = given.get("pool")
        services = pool.get("services") if isinstance(pool, dict) else None
        if isinstance(services, list):
            given["pool"] = {"services": [_member(call, one) for one in services]}
        return given

    def accept(self, call: Call, sent: Sent[Backend]) -> Backend:
        noun = _with_password(super().accept(call, sent), sent.old)
        check_backend(noun)
        if noun.type == "Single":
            _check_url(noun.url)
        elif noun.pool is None or not noun.pool.services:
            raise wrong("pool", "a backend of type Pool names its services")
        else:
            for member in noun.pool.services:
                found = backend.BACKENDS.get(call.transaction, member.id).noun
                if found.type == "Pool" or member.id == noun.id:
                    raise wrong("pool.services", f"'{member.id}' is a pool itself")
        return noun

    def remove(self, call: Call, record: Record[Backend]) -> None:
        noun = record.noun
        for other in backend.BACKENDS.all(call.transaction):
            pool = other.noun.pool
            if pool is not None and noun.id in (one.id for one in pool.services):
                raise Conflict(
                    f"Backend '{noun.id}' is in the pool '{other.noun.id}'; take it "
                    "out of there first.",
                    target="backendId",
                )
        super().remove(call, record)


def _reconnect(call: Call, ids: Ids) -> Response:
    """Have gateways reach the backend, or all in the pool, over new connections."""
    moment = call.transaction.now + _delay(call)
    noun = backend.BACKENDS.get(call.transaction, ids[-1]).noun
    members = [one.id for one in noun.pool.services] if noun.pool else [noun.id]
    for name in members:
        member = backend.BACKENDS.get(call.transaction, name).noun
        changed = structs.replace(member, reconnect_at=moment)
        backend.BACKENDS.replace(call.transaction, changed)
    return Response(status_code=202)


def _delay(call: Call) -> float:
    """Seconds until then; the shortest when nothing is said."""
    given = call.properties() if call.body.strip() not in (b"", b"{}") else {}
    text = given.get("after")
    if text is None:
        return SOONEST_RECONNECT
    try:
        seconds = seconds_of(str(text))
    except ValueError as error:
        raise wrong("after", str(error)) from None
    if not SOONEST_RECONNECT <= seconds <= LATEST_RECONNECT:
        raise wrong("after", f"'{text}' is not between PT2M and P365D")
    return seconds


def _with_password(noun: Backend, old: Backend | None) -> Backend:
    """What was read can be sent back: it never holds the password of the proxy."""
    proxy, before = noun.proxy, None if old is None else old.proxy
    if proxy is None or before is None or proxy.password is not None:
        return noun
    # Another proxy, or another name at it, does not get the password of this one.
    if (proxy.url, proxy.username) != (before.url, before.username):
        return noun
    return structs.replace(noun, proxy=before)


def _member(call: Call, member: object) -> object:
    if not isinstance(member, dict) or not isinstance(member.get("id"), str):
        raise wrong("pool.services", "each service is an object with an id")
    return member | {"id": call.name_in(member["id"], "backends")}


def _check_url(url: str) -> None:
    if not is_address(url, "http", "https"):
        raise wrong("url", f"'{url}' is not an http or https address")
