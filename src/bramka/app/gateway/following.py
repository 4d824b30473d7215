"""The configuration that a gateway serves: from console, and kept on disk.

The last good one lies on disk, so the gateway starts and serves while console is away.
"""

import asyncio
import logging
import os
from pathlib import Path
from threading import Lock

import httpx2
import msgspec

from bramka.app.gateway.tls import warn_of_open_doors
from bramka.app.lasting import for_ever
from bramka.domain.errors import BramkaError
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import (
    Configuration,
    Update,
    apply,
    read_update,
    write_update,
)
from bramka.gateway.gateway import Gateway

log = logging.getLogger(__name__)

WAIT_SECONDS = 25
"""How long console may hold a question for changes."""
RETRY_SECONDS = 1.0
SAVE_SECONDS = 2.0


class Following:
    """What this process serves, as console and disk tell it."""

    def __init__(
        self, gateway: Gateway, file: Path, *, writes: bool, lacks_https: bool
    ) -> None:
        """Of several processes all read the file, and one `writes` it."""
        self.gateway = gateway
        self.file = file
        self.configuration: Configuration | None = None
        self.is_deleted = False
        """Whether the configuration is that of a deleted instance."""
        self.saved_version = -1
        self.has_plan = asyncio.Event()
        self.has_asked = asyncio.Event()
        self._writes = writes
        self._writing = Lock()
        self._lacks_https = lacks_https

    def start_from_disk(self) -> None:
        try:
            update = read_update(self.file.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s cannot be used: %s", self.file, error)
            return
        self.configuration = apply(None, update)
        self._say_deleted()
        try:
            self.gateway.take(self.configuration)
        except BramkaError as error:
            self._say_not_served(error)
        else:
            self.has_plan.set()
        if self.configuration is not None:
            self.saved_version = self.configuration.version

    async def follow(self, console: httpx2.AsyncClient) -> None:
        """Ask console for changes, and keep on disk what came of it, for ever."""

        async def ask() -> None:
            await self._ask_unless_away(console)

        async def save() -> None:
            await asyncio.to_thread(self.write_file)

        await asyncio.gather(for_ever(ask, 0.0), for_ever(save, SAVE_SECONDS))

    async def _ask_unless_away(self, console: httpx2.AsyncClient) -> None:
        try:
            await self._ask(console)
        except (httpx2.HTTPError, msgspec.MsgspecError, OSError) as error:
            if not self.gateway.console.is_away:
                self._say_away(console, error)
            self.gateway.console.fell_silent()
            await asyncio.sleep(RETRY_SECONDS)
        else:
            if self.gateway.console.is_away:
                log.info("console is back")
            self.gateway.console.answered()

    def _say_away(self, console: httpx2.AsyncClient, error: Exception) -> None:
        version = 0 if self.configuration is None else self.configuration.version
        held = f"configuration {version} is served" if version else "nothing is served"
        reason = str(error) or type(error).__name__
        if isinstance(error, httpx2.HTTPStatusError) and (
            error.response.status_code in (401, 403)
        ):
            reason = "it refuses the token of this gateway; set BRAMKA_GATEWAY_TOKEN"
        log.warning(
            "console at %s is away, so %s until it is back: %s",
            console.base_url,
            held,
            reason,
        )

    async def _ask(self, console: httpx2.AsyncClient) -> None:
        current = self.configuration
        query = {} if current is None else {"since": str(current.version)}
        # Back from away it tells so at once: there may be no change for long.
        waits = self.has_asked.is_set() and not self.gateway.console.is_away
        query["wait"] = str(WAIT_SECONDS) if waits else "0"
        answer = await console.get("/gateway/configuration", params=query)
        if answer.status_code != 304:
            answer.raise_for_status()
            await self._take(read_update(answer.content))
        self.has_asked.set()

    async def _take(self, update: Update) -> None:
        """Serve the update; one that cannot be made ready leaves the old plan."""
        self.configuration = apply(self.configuration, update)
        self._say_deleted()
        if self._lacks_https:
            changed = [change.noun for change in update.changes]
            whole = [] if update.whole is None else update.whole.apis.values()
            warn_of_open_doors(
                noun for noun in (*whole, *changed) if isinstance(noun, Api)
            )
        try:
            await self.gateway.take_in_turns(self.configuration, update)
        except BramkaError as error:
            self._say_not_served(error)
            return
        self.has_plan.set()

    def _say_deleted(self) -> None:
        assert self.configuration is not None, "called with one"
        deleted = self.configuration.instance.deleted
        if deleted and not self.is_deleted:
            log.warning("the instance was deleted: no API is served until it is back")
        elif self.is_deleted and not deleted:
            log.warning("the instance was restored: its APIs are served again")
        self.is_deleted = deleted

    def _say_not_served(self, error: BramkaError) -> None:
        reasons = [detail.message for detail in error.details] or [error.message]
        version = 0 if self.configuration is None else self.configuration.version
        log.error(
            "configuration %d is not served, the one before is: %s",
            version,
            "; ".join(reasons),
        )

    def write_file(self) -> None:
        """Write the configuration, unless the file has it; threads may meet here."""
        with self._writing:
            self._write_file()

    def _write_file(self) -> None:
        configuration = self.configuration
        if configuration is None or configuration.version == self.saved_version:
            return
        if not self._writes:
            return
        content = write_update(
            Update(version=configuration.version, whole=configuration)
        )
        _write_private(self.file, content)
        self.saved_version = configuration.version


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only we may read; a reader sees the old or the new one."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
