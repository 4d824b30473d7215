"""`POST /gateway/status`: gateways tell how they do; publishers read it."""

from collections.abc import Sequence

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.domain.traffic.gateway_status import (
    FORGOTTEN_SECONDS,
    SILENT_SECONDS,
    GatewayStatus,
)
from bramka.domain.traffic.self_hosted import MANAGED
from bramka.management.call import Call, Watch
from bramka.management.door import bearer, read_body, refuse_other
from bramka.management.gateway_token import SCHEME, bearer_of
from bramka.management.refusal import refuse
from bramka.management.resource import Ids
from bramka.management.shape import write_date
from bramka.store.change import newest_version
from bramka.store.transaction import Store

_STATUS = msgspec.json.Decoder(GatewayStatus)
MOST_WATCHED = 1000


class StatusDoor:
    """Remembers the last word of each gateway, in memory: the next one comes soon."""

    def __init__(self, store: Store, token: str, watch: Watch) -> None:
        self._store, self._token, self._watch = store, token, watch

    async def answer(self, request: Request) -> Response:
        try:
            token = bearer(request, SCHEME)
            status = _read(await read_body(request))
            owner = await anyio.to_thread.run_sync(self._owner, token)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        self._note(owner, status)
        return Response(status_code=204)

    def _note(self, owner: str, status: GatewayStatus) -> None:
        watch, now = self._watch, self._store.clock.now()
        horizon = now - FORGOTTEN_SECONDS
        for key in [key for key, (_, moment) in watch.items() if moment < horizon]:
            del watch[key]
        key = (owner, status.gateway)
        if len(watch) < MOST_WATCHED or key in watch:
            watch[key] = status, now

    def _owner(self, token: str) -> str:
        """The gateway whose token it is: the instance's own, or a self-hosted one."""
        if "&" not in token:
            refuse_other(token, self._token)
            return MANAGED
        with self._store.reading() as transaction:
            return bearer_of(transaction, token).id


def gateway_statuses(call: Call, ids: Ids) -> Sequence[object]:
    """`gatewayStatuses`: every gateway process that was heard of lately."""
    del ids
    newest, now = newest_version(call.transaction), call.transaction.now
    return [
        {
            "id": f"{call.base}/gatewayStatuses/{status.gateway}",
            "type": "Microsoft.ApiManagement/service/gatewayStatuses",
            "name": status.gateway,
            "properties": {
                "gatewayId": owner,
                "version": status.version,
                "newestVersion": newest,
                "lastHeard": write_date(moment),
                "isAlive": now - moment <= SILENT_SECONDS,
                "circuits": status.circuits,
                "troubles": status.troubles,
            },
        }
        for (owner, _), (status, moment) in sorted(call.site.watch.items())
    ]


def _read(body: bytes) -> GatewayStatus:
    try:
        return _STATUS.decode(body)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The status cannot be read: {error}") from None
