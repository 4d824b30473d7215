"""`/gateway/traces`: gateways bring traces of calls, and their callers read them."""

import anyio.to_thread
import msgspec
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid, Missing
from bramka.domain.traffic.trace import Trace
from bramka.management.door import bearer, read_body, refuse_other
from bramka.management.gateway_token import SCHEME, bearer_of
from bramka.management.refusal import refuse
from bramka.store import trace
from bramka.store.database import reading, writing
from bramka.store.transaction import Store

_TRACES = msgspec.json.Decoder(list[Trace])


def shown(found: Trace) -> dict[str, object]:
    """A trace as people read it."""
    sections = {name: rows for name, rows in found.trace_entries.items() if rows}
    return {"traceId": found.trace_id, "traceEntries": sections}


class TraceDoor:
    """Takes traces from gateways; shows one to whoever was told where it is."""

    def __init__(self, engine: Engine, token: str, store: Store) -> None:
        self._engine, self._token, self._store = engine, token, store

    async def take(self, request: Request) -> Response:
        try:
            token = bearer(request, SCHEME)
            traces = _read(await read_body(request))
            added = await anyio.to_thread.run_sync(self._keep, token, traces)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        body = msgspec.json.encode({"added": added})
        return Response(body, media_type="application/json")

    async def show(self, request: Request) -> Response:
        try:
            door = request.path_params["door"]
            found = await anyio.to_thread.run_sync(self._behind, door)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        body = msgspec.json.encode(shown(found))
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return Response(body, headers=headers, media_type="application/json")

    def _keep(self, token: str, traces: list[Trace]) -> int:
        """A gateway with a token of its own brings its own only."""
        if "&" in token:
            with self._store.reading() as transaction:
                own = bearer_of(transaction, token).id
            if any(one.gateway != own for one in traces):
                raise Forbidden(f"The token is of the gateway '{own}' only.")
        else:
            refuse_other(token, self._token)
        with writing(self._engine) as connection:
            return trace.keep(connection, traces, self._store.clock.now())

    def _behind(self, door: str) -> Trace:
        with reading(self._engine) as connection:
            found = trace.behind(connection, door, self._store.clock.now())
        if found is None:
            raise Missing(
                "There is no trace here, or no longer: the last 100 are kept, for 24 "
                "hours."
            )
        return found


def _read(body: bytes) -> list[Trace]:
    try:
        return _TRACES.decode(body)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The traces cannot be read: {error}") from None
