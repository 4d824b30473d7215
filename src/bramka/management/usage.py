"""`POST /gateway/usage`: gateways bring what they counted."""

import anyio.to_thread
import msgspec
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid
from bramka.domain.traffic.usage import Batch
from bramka.management.door import bearer, read_body, refuse_other
from bramka.management.gateway_token import SCHEME, bearer_of
from bramka.management.refusal import refuse
from bramka.store.database import writing
from bramka.store.request_log import note
from bramka.store.transaction import Store
from bramka.store.usage import ingest
from bramka.store.usage_retention import Retention, UsageSweeper

_BATCH = msgspec.json.Decoder(Batch)


class UsageDoor:
    """Adds each batch to the rollups once, however often it is brought."""

    def __init__(
        self,
        engine: Engine,
        token: str,
        store: Store,
        retention: Retention | None = None,
    ) -> None:
        self._engine, self._token, self._store = engine, token, store
        self._sweeper = UsageSweeper(engine, retention or Retention())

    async def answer(self, request: Request) -> Response:
        try:
            token = bearer(request, SCHEME)
            batch = _read(await read_body(request))
            await anyio.to_thread.run_sync(self._admit, token, batch)
            added = await anyio.to_thread.run_sync(self._ingest, batch)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        body = msgspec.json.encode({"added": added})
        return Response(body, media_type="application/json")

    def _admit(self, token: str, batch: Batch) -> None:
        """A gateway with a token of its own counts for itself only."""
        if "&" not in token:
            refuse_other(token, self._token)
            return
        with self._store.reading() as transaction:
            own = bearer_of(transaction, token)
        if batch.gateway != own.id:
            raise Forbidden(f"The token is of the gateway '{own.id}' only.")

    def _ingest(self, batch: Batch) -> bool:
        now = self._store.clock.now()
        with writing(self._engine) as connection:
            added = ingest(connection, batch, now)
            if added:
                most = self._sweeper.retention.most_requests
                note(connection, batch.requests, most)
        self._sweeper.look(now)
        return added


def _read(body: bytes) -> Batch:
    try:
        return _BATCH.decode(body)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The batch cannot be read: {error}") from None
