"""`GET /gateway/configuration`: gateways wait here for what changes."""

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.domain.traffic.configuration import Update, write_update
from bramka.management.door import bearer, refuse_other
from bramka.management.gateway_token import SCHEME, bearer_of
from bramka.management.refusal import refuse
from bramka.store.change import newest_version
from bramka.store.configuration import update_since
from bramka.store.gateway_share import configuration_of
from bramka.store.transaction import Store

LONGEST_WAIT = 30.0
POLL_SECONDS = 0.2
"""How soon a change made by another process is seen."""


class ConfigurationDoor:
    """Answers at once when something changed, else when it does."""

    def __init__(self, store: Store, token: str) -> None:
        self._store, self._token = store, token
        self._changed = anyio.Event()
        self._closing = False

    def close(self) -> None:
        """Let those who wait go: the process ends."""
        self._closing = True
        self.wake()

    def wake(self) -> None:
        """Something was changed by this process; call it in the event loop."""
        self._changed.set()
        self._changed = anyio.Event()

    async def answer(self, request: Request) -> Response:
        try:
            token = bearer(request, SCHEME)
            gateway = await anyio.to_thread.run_sync(self._gateway, token)
            since = _number(request.query_params.get("since"))
            wait = _wait(request.query_params.get("wait", "0"))
            if since is not None and await self._unchanged(since, wait):
                return Response(status_code=304, headers={"ETag": f'"{since}"'})
            version, body = await anyio.to_thread.run_sync(self._read, since, gateway)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)
        headers = {"ETag": f'"{version}"', "Cache-Control": "no-store"}
        return Response(body, headers=headers, media_type="application/json")

    async def _unchanged(self, since: int, wait: float) -> bool:
        """Wait for another version than `since`; True if none came."""
        clock = self._store.clock
        end = clock.monotonic() + wait
        while True:
            # Taken before looking: a change in between must not be slept through.
            changed = self._changed
            if self._closing:
                return True  # Who closes does not keep the database for us.
            if await anyio.to_thread.run_sync(self._newest) != since:
                return False
            left = end - clock.monotonic()
            if left <= 0:
                return True
            with anyio.move_on_after(min(left, POLL_SECONDS)):
                await changed.wait()

    def _newest(self) -> int:
        with self._store.reading() as transaction:
            return newest_version(transaction)

    def _gateway(self, token: str) -> str:
        """Id of the gateway with a token of its own; "" for the instance's."""
        if "&" in token:
            with self._store.reading() as transaction:
                return bearer_of(transaction, token).id
        refuse_other(token, self._token)
        return ""

    def _read(self, since: int | None, gateway: str) -> tuple[int, bytes]:
        with self._store.reading() as transaction:
            if gateway:
                # What changed may be none of its business: it gets its own whole.
                whole = configuration_of(transaction, gateway)
                return whole.version, write_update(
                    Update(version=whole.version, whole=whole)
                )
            update = update_since(transaction, since)
            return update.version, write_update(update)


def _number(text: str | None) -> int | None:
    """A version; a gateway with one that cannot be ours gets everything."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _wait(text: str) -> float:
    try:
        return min(max(float(text), 0.0), LONGEST_WAIT)
    except ValueError:
        raise Invalid(
            f"wait is '{text}'; give seconds between 0 and {LONGEST_WAIT:.0f}.",
            target="wait",
        ) from None
