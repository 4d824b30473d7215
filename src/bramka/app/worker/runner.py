"""One runner of the worker: does one task of a batch job after another.

Its parent holds the other end of its standard input: a byte says that there may be
work, and the end of the input that the parent is gone.
"""

import functools
import os
import signal
import socket
import sys
import threading
from contextlib import suppress

from bramka.app.batch import open_locator
from bramka.app.clock import SystemClock
from bramka.app.database import open_store
from bramka.app.keeping.secrets import open_secrets
from bramka.app.log import set_up_logging
from bramka.app.reading_settings import read_settings
from bramka.app.settings import Settings
from bramka.app.shared import open_packages, open_staging
from bramka.app.worker.forking import Door
from bramka.catalogue import shelf
from bramka.domain.errors import Unavailable
from bramka.jobs import Limits, Tools, Worker
from bramka.store.lease import Ledger
from bramka.studio.scorer_process import Nursery

AWAY_SECONDS = 1.0
"""How long to wait for a database that does not answer."""
LAST_SECONDS = 1.0
LOADED_PACKAGES = 8


def run(settings: Settings) -> None:
    """Work until SIGTERM, then finish the task at hand; die with the parent."""
    set_up_logging("worker", settings.log_level)
    owner = sys.argv[1]
    tools = open_tools(settings, owner, Door(socket.socket(fileno=int(sys.argv[2]))))
    worker = Worker(tools)
    wake, stop = threading.Event(), threading.Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()
        wake.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_listen, args=(wake, tools), daemon=True).start()
    while True:
        wake.clear()
        if stop.is_set():
            return
        try:
            busy = worker.step()
        except Unavailable:
            stop.wait(AWAY_SECONDS)
            continue
        if not busy:
            wake.wait()


def open_tools(
    settings: Settings, owner: str = "", nursery: Nursery | None = None
) -> Tools:
    """What work on jobs needs, wired to this installation."""
    secrets = open_secrets(settings.data)
    clock = SystemClock()
    store = open_store(settings, secrets, clock)
    catalogue = shelf()
    packages = open_packages(settings, nursery=nursery)
    return Tools(
        ledger=Ledger(store.engine, clock, store.vault.cipher, owner=owner),
        locator=open_locator(settings, secrets, clock),
        staging=open_staging(settings),
        load=functools.lru_cache(LOADED_PACKAGES)(
            lambda name: packages.load(name, catalogue)
        ),
        limits=Limits(rows=settings.chunk_rows),
    )


def _listen(wake: threading.Event, tools: Tools) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        wake.set()
    # Others need not wait until the lease runs out; nor may we outlive the parent long.
    giving_back = threading.Thread(target=_give_back, args=(tools,), daemon=True)
    giving_back.start()
    giving_back.join(LAST_SECONDS)
    os._exit(0)


def _give_back(tools: Tools) -> None:
    with suppress(Unavailable):
        tools.ledger.abandon(sys.argv[1])


if __name__ == "__main__":
    run(read_settings({}))
