"""`POST /gateway/quotas`: gateways tell of the counters that changed."""

import anyio.to_thread
import msgspec
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.domain.traffic.quota_counter import CounterReport
from bramka.management.door import bearer, read_body, refuse_other
from bramka.management.gateway_token import SCHEME, bearer_of
from bramka.management.refusal import refuse
from bramka.store import quota_counter
from bramka.store.database import writing
from bramka.store.transaction import Store

_REPORT = msgspec.json.Decoder(CounterReport)


class QuotaDoor:
    """Keeps the newest word on each counter."""

    def __init__(self, engine: Engine, token: str, store: Store) -> None:
        self._engine, self._token, self._store = engine, token, store

    async def answer(self, request: Request) -> Response:
        try:
            token = bearer(request, SCHEME)
            report = _read(await read_body(request))
            await anyio.to_thread.run_sync(self._keep, token, report)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        return Response(status_code=204)

    def _keep(self, token: str, report: CounterReport) -> None:
        if "&" not in token:
            refuse_other(token, self._token)
        else:
            with self._store.reading() as transaction:
                bearer_of(transaction, token)
        with writing(self._engine) as connection:
            quota_counter.keep(connection, report.counts, self._store.clock.now())


def _read(body: bytes) -> CounterReport:
    try:
        return _REPORT.decode(body)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The counters cannot be read: {error}") from None
