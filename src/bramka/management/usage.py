"""`POST /gateway/usage`: gateways bring what they counted."""

import anyio.to_thread
import msgspec
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.clock import Clock
from bramka.domain.errors import Invalid
from bramka.domain.traffic.usage import Batch
from bramka.management.door import admit, read_body
from bramka.management.refusal import refuse
from bramka.store.database import writing
from bramka.store.usage import ingest

_BATCH = msgspec.json.Decoder(Batch)


class UsageDoor:
    """Adds each batch to the rollups once, however often it is brought."""

    def __init__(self, engine: Engine, token: str, clock: Clock) -> None:
        self._engine, self._token, self._clock = engine, token, clock

    async def answer(self, request: Request) -> Response:
        try:
            admit(request, self._token)
            batch = _read(await read_body(request))
            added = await anyio.to_thread.run_sync(self._ingest, batch)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        body = msgspec.json.encode({"added": added})
        return Response(body, media_type="application/json")

    def _ingest(self, batch: Batch) -> bool:
        with writing(self._engine) as connection:
            return ingest(connection, batch, self._clock.now())


def _read(body: bytes) -> Batch:
    try:
        return _BATCH.decode(body)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The batch cannot be read: {error}") from None
