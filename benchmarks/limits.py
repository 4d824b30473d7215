"""What one decision of a limit costs: one process, one machine, many nodes.

python -m benchmarks.limits
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.redis_server import redis_server

from bramka.app.clock import SystemChance, SystemClock
from bramka.domain.traffic.demand import Demands, TallyDemand, WindowDemand
from bramka.gateway.allowances import LocalAllowances
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_share import Share
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.ledger import Ledger
from bramka.gateway.limit_store import LimitStore
from bramka.gateway.rings import Rings

TURNS = 30_000
CALLS, PERIOD = 500, 1.0


def timed(turn: Callable[[], object], turns: int = TURNS) -> float:
    """Microseconds of one turn, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        for _ in range(turns):
            turn()
        best = min(best, time.perf_counter() - begin)
    return best / turns * 1e6


def show(what: str, micros: float) -> None:
    print(f"{what:<58} {micros:7.2f} µs {1e6 / micros:>10,.0f} /s")


def on_this_machine(
    name: str, allowances: LocalAllowances | SharedAllowances, turns: int = TURNS
) -> None:
    windows, quotas = allowances.windows("p"), allowances.quotas("q")
    now = time.monotonic
    show(
        f"{name}: window of {CALLS} a second",
        timed(lambda: windows.take("one", now(), CALLS, PERIOD), turns),
    )
    show(
        f"{name}: quota",
        timed(lambda: quotas.take("one", now(), 0.0, 3600.0, 1 << 60), turns),
    )
    rules: Demands = [
        WindowDemand("p", "two", CALLS, PERIOD),
        WindowDemand("p", "two", CALLS, PERIOD, part="api=x"),
    ]
    show(
        f"{name}: two windows or none",
        timed(lambda: allowances.take(rules, now(), 0.0), turns),
    )
    tally: Demands = [TallyDemand("t", "one", CALLS, PERIOD)]
    show(f"{name}: amounts", timed(lambda: allowances.take(tally, now(), 0.0), turns))


def shared(folder: Path) -> SharedAllowances:
    return SharedAllowances(Rings(folder / "windows"), Ledger(folder / "quotas"))


async def in_the_store(url: str, folder: Path, at_once: int) -> None:
    store = LimitStore(url)
    remote = RemoteAllowances(
        store,
        name="bench",
        share=Share(folder / "limits"),
        clock=SystemClock(),
        chance=SystemChance(),
    )
    wish: list[Demands] = [[WindowDemand("p", "one", CALLS, PERIOD)]]
    turns = TURNS if at_once > 1 else TURNS // 10

    async def caller() -> None:
        for _ in range(turns // at_once):
            await remote.take(wish)

    begin = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    micros = (time.perf_counter() - begin) / turns * 1e6
    show(f"store: window of {CALLS} a second, {at_once} calls at once", micros)
    await remote.stop()
    await store.close()


def main() -> None:
    if len(sys.argv) > 1:
        on_this_machine("two processes, each", shared(Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        on_this_machine("alone", LocalAllowances(Ledger(folder / "alone")))
        on_this_machine("shared, one process", shared(folder))
        command = (sys.executable, "-m", "benchmarks.limits", name)
        other = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        on_this_machine("shared, two on the same counters", shared(folder))
        other.kill()
        other.wait()
        with redis_server(folder) as server:
            for at_once in (1, 16, 64, 256):
                asyncio.run(in_the_store(server.url, folder, at_once))


if __name__ == "__main__":
    main()
