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

from bramka.app.ports import LISTENERS, choose_ports
from bramka.app.running import RUN_FILE
from bramka.app.settings import Settings, with_ports
from bramka.app.supervisor.child import (
    ENDING_SECONDS,
    NUMBER,
    STARTING_SECONDS,
    Child,
    role_command,
)
from bramka.app.supervisor.story import story
from bramka.app.whole import write_whole
from bramka.domain.errors import Conflict, Unavailable

Say = Callable[[str], None]


def up(settings: Settings, say: Say, *, demo: bool = False) -> None:
    """Start everything and return when told to end."""
    with lock_folder(settings.data):
        settings = with_ports(settings, choose_ports(settings))
        if demo:
            aside("bramka.app.demo.instance", "load", settings)
        else:
            aside("bramka.app.database", "check", settings)
        if settings.tls:
            aside("bramka.app.gateway.tls", "check", settings)
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
    number: int = 0
    """Which of several processes of the role; 0 when it is the only one."""

    @property
    def key(self) -> str:
        return f"{self.name}-{self.number}" if self.number else self.name


ROLES = (
    Role("console"),
    Role("blobs"),
    Role("services"),
    Role("worker"),
    Role("gateway", after=("console",)),
)


def gateway_roles(settings: Settings, after: tuple[str, ...] = ()) -> list[Role]:
    """The gateway, as many times as it has processes."""
    count = settings.gateway_processes
    numbers = range(1, count + 1) if count > 1 else (0,)
    return [Role("gateway", after, number) for number in numbers]


def roles_of(settings: Settings) -> list[Role]:
    """All processes of the tree."""
    gateways = gateway_roles(settings, after=("console",))
    return [*(role for role in ROLES if role.name != "gateway"), *gateways]


class Supervisor:
    """Keeps the process tree of one data folder alive."""

    def __init__(
        self,
        settings: Settings,
        say: Say,
        *,
        roles: Sequence[Role] | None = None,
        command: Callable[[str], Sequence[str]] = role_command,
        patience: float = ENDING_SECONDS,
        run_file: Path = Path(RUN_FILE),
    ) -> None:
        self.settings = settings
        self.roles = roles_of(settings) if roles is None else roles
        self.run_file = settings.data / run_file
        self.stopping = asyncio.Event()
        self.ready = False
        logs = settings.data / "logs"
        logs.mkdir(exist_ok=True)
        environment = {**os.environ, **environment_of(settings)}
        self.children = {
            role.key: Child(
                role.key,
                command(role.name),
                {**environment, NUMBER: str(role.number)},
                logs / f"{role.key}.log",
                unheard(say),
                patience=patience,
            )
            for role in self.roles
        }

    def __repr__(self) -> str:
        return f"<Supervisor: {', '.join(self.children)} in {self.settings.data}>"

    async def run(self, when_ready: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT; a second one ends everything at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Under nohup a hang-up is ignored, and stays so. An interrupt ends us even
            # where a script started us in the background, which ignores it at first.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                loop.add_signal_handler(number, self.stop)
        path = self.run_file
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
            "pids": self._pids(),
            "supervisor": os.getpid(),
            "ready": self.ready,
        }
        write_whole(self.run_file, content)

    def _pids(self) -> dict[str, int | list[int | None] | None]:
        """The process of each role; a list where it has several."""
        found: dict[str, int | list[int | None] | None] = {}
        for role in self.roles:
            pid = self.children[role.key].pid
            if role.number:
                several = found.setdefault(role.name, [])
                assert isinstance(several, list), "a role has a number or has none"
                several.append(pid)
            else:
                found[role.name] = pid
        return found

    async def _keep(self, role: Role) -> None:
        for name in role.after:
            await self.children[name].ready.wait()
        await self.children[role.key].keep_alive(self._changed)

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
        leaning = [role.key for role in self.roles if role.after]
        leaned_on = [role.key for role in self.roles if not role.after]
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
