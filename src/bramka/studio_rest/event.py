"""News of a run as server-sent events: nodes that changed, then how the run stands."""

from collections.abc import AsyncIterator

import anyio
import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bramka.domain.learning.snapshot import ENDED, NodeRun, Snapshot
from bramka.store.experiment import experiment_by_id, nodes_of
from bramka.studio_rest.call import Call
from bramka.studio_rest.experiment_entry import list_entry, node_entry
from bramka.studio_rest.router import Way

LOOK_SECONDS = 0.4
MOST_LOOKS = 1_500
"""After ten minutes the stream ends, and the browser asks again."""
KEEP_ALIVE = 25


class Watch:
    """What one listener has been told of one run."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._revision = -1
        self._known: dict[str, NodeRun] = {}

    def look(self) -> tuple[Snapshot, list[NodeRun] | None]:
        """How the run stands, and the nodes that changed; None when nothing did."""
        call = self._call
        with call.site.store.reading() as transaction:
            found = experiment_by_id(transaction, call.workspace, call.parts["id"])
            if found.revision == self._revision:
                return found, None
            self._revision = found.revision
            nodes = nodes_of(transaction, found.id)
        changed = [node for node in nodes if self._known.get(node.node_id) != node]
        self._known = {node.node_id: node for node in nodes}
        return found, changed


async def events(call: Call, _request: Request) -> Response:
    """`GET experiments/{id}/events`."""
    watch = Watch(call)
    first = await anyio.to_thread.run_sync(watch.look)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _told(watch, first), media_type="text/event-stream", headers=headers
    )


async def _told(
    watch: Watch, first: tuple[Snapshot, list[NodeRun] | None]
) -> AsyncIterator[bytes]:
    found, changed = first
    for turn in range(MOST_LOOKS):
        for node in changed or ():
            yield _event("node", {**node_entry(node), "Log": node.log})
        if changed is not None:
            yield _event("experiment", list_entry(found))
        elif turn % KEEP_ALIVE == 0:
            yield b": still here\n\n"
        if found.state in ENDED:
            return
        await anyio.sleep(LOOK_SECONDS)
        found, changed = await anyio.to_thread.run_sync(watch.look)


def _event(kind: str, told: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), msgspec.json.encode(told))


WAYS = (
    Way("GET", "api/workspaces/{workspace}/experiments/{id}/events", stream=events),
)
