"""The supervisor: starts every role, waits until each answers, restarts the dead."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from bramka.app.child import ENDING_SECONDS, STARTING_SECONDS, Child, role_command
from bramka.app.ports import LISTENERS, choose_ports
from bramka.app.settings import Settings, with_ports
from bramka.app.story import story
from bramka.app.whole import write_whole
from bramka.domain.errors import Conflict, Unavailable

Say = Callable[[str], None]


def up(settings: Settings, say: Say, *, demo: bool = False) -> None:
    """Start everything and return when told to end."""
    with lock_folder(settings.data):
        settings = with_ports(settings, choose_ports(settings))
        if demo:
            aside("bramka.app.demo", "load", settings)
        else:
            aside("bramka.app.database", "check", settings)
        if settings.tls:
            aside("bramka.app.tls", "check", settings)
        supervisor = Supervisor(settings, say)
        tell = unheard(say)
        asyncio.run(supervisor.run(lambda: tell(story(settings, demo=demo))))


def unheard(say: Say) -> Say:
    """`say`, but a terminal that went away is no reason to stop."""

    def say_anyway(text: str) -> None:
        with suppress(OSError):
            say(text)

    return say_anyway


def aside(module: str, function: str, settings: Settings) -> None:
    """Call a function in a process of its own.

    The supervisor stays small: what the function imports goes away with the process.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as process:
        process.submit(_call, module, function, settings).result()


def _call(module: str, function: str, settings: Settings) -> None:
    getattr(import_module(module), function)(settings)


class Role(Struct, frozen=True):
    """One role of the process tree; it starts when those in `after` are ready."""

    name: str
    after: tuple[str, ...] = ()


ROLES = (
    Role("console"),
    Role("blobs"),
    Role("services"),
    Role("worker"),
    Role("gateway", after=("console",)),
)


class Supervisor:
    """Keeps the process tree of one data folder alive."""

    def __init__(
        self,
        settings: Settings,
        say: Say,
        *,
        roles: Sequence[Role] = ROLES,
        command: Callable[[str], Sequence[str]] = role_command,
        patience: float = ENDING_SECONDS,
    ) -> None:
        self.settings = settings
        self.roles = roles
        self.stopping = asyncio.Event()
        self.ready = False
        logs = settings.data / "logs"
        logs.mkdir(exist_ok=True)
        environment = {**os.environ, **environment_of(settings)}
        self.children = {
            role.name: Child(
                role.name,
                command(role.name),
                environment,
                logs / f"{role.name}.log",
                unheard(say),
                patience=patience,
            )
            for role in roles
        }

    def __repr__(self) -> str:
        return f"<Supervisor: {', '.join(self.children)} in {self.settings.data}>"

    async def run(self, when_ready: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT; a second one ends everything at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Under nohup a hang-up is ignored, and stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self.stop)
        path = self.settings.data / "run.json"
        path.unlink(missing_ok=True)
        lives = [asyncio.create_task(self._keep(role)) for role in self.roles]
        try:
            if await self._wait_for_all(lives):
                self.ready = True
                self.write_run_file()
                when_ready()
                await self.stopping.wait()
        finally:
            await self._end()
            path.unlink(missing_ok=True)
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    def stop(self) -> None:
        """Begin to end; the second time, end at once."""
        if self.stopping.is_set():
            for child in self.children.values():
                child.kill()
        self.stopping.set()

    def write_run_file(self) -> None:
        """Tell scripts where everything is; called whenever a process is another."""
        settings = self.settings
        content = {
            **{f"{role}_url": getattr(settings, f"{role}_url") for role in LISTENERS},
            "pids": {name: child.pid for name, child in self.children.items()},
            "supervisor": os.getpid(),
            "ready": self.ready,
        }
        write_whole(settings.data / "run.json", content)

    async def _keep(self, role: Role) -> None:
        for name in role.after:
            await self.children[name].ready.wait()
        await self.children[role.name].keep_alive(self._changed)

    def _changed(self) -> None:
        if self.ready and not self.stopping.is_set():
            self.write_run_file()

    async def _wait_for_all(self, lives: Sequence[asyncio.Task[None]]) -> bool:
        """True when every child is ready, False when told to stop before that."""
        ready = asyncio.create_task(self._all_ready())
        stopping = asyncio.create_task(self.stopping.wait())
        done, _ = await asyncio.wait(
            {ready, stopping, *lives},
            timeout=STARTING_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        for waiting in (ready, stopping):
            waiting.cancel()
        for life in lives:
            if life in done:
                life.result()
        if done:
            return ready in done
        late = [name for name, c in self.children.items() if not c.ready.is_set()]
        raise Unavailable(
            f"{', '.join(late)} did not get ready in {STARTING_SECONDS:.0f} s; "
            f"see {self.settings.data / 'logs'}"
        )

    async def _all_ready(self) -> None:
        for child in self.children.values():
            await child.ready.wait()

    async def _end(self) -> None:
        """Those that lean on others first, so that they can still hand over."""
        for child in self.children.values():
            child.ending = True
        leaning = [role.name for role in self.roles if role.after]
        leaned_on = [role.name for role in self.roles if not role.after]
        for names in (leaning, leaned_on):
            await asyncio.gather(*(self.children[name].end() for name in names))


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as variables for a child: flags would show secrets in `ps`."""
    values = msgspec.structs.asdict(settings)
    values["tls"] = msgspec.json.encode(settings.tls).decode()
    return {f"BRAMKA_{name.upper()}": str(value) for name, value in values.items()}


def lock_folder(data: Path) -> IO[str]:
    """Take the data folder for this supervisor until the file is closed."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "up.lock"
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise Conflict(
            f"{data} is in use by another `bramka up` (process {holder}); "
            "stop it, or choose another folder with --data"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
