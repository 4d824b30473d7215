"""A process that takes from shared counters until it is killed or has had its turns.

    python hammer.py FOLDER LOG TURNS [MODE]

Each admitted call becomes one line of the log *after* it was admitted.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bramka.domain.traffic.demand import (
    Demand,
    QuotaDemand,
    TallyDemand,
    WindowDemand,
)
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.ledger import Ledger
from bramka.gateway.rings import Rings

LIMIT, PERIOD = 200, 0.25
QUOTA = 3_000


def demands(mode: str) -> Sequence[Demand]:
    if mode == "window":
        return [WindowDemand("rate", "one", LIMIT, PERIOD)]
    if mode == "tally":
        return [TallyDemand("key", "one", LIMIT, PERIOD, asked=3, spent=3)]
    if mode == "quota":
        return [QuotaDemand("quota", "one", 0.0, 0.0, calls=QUOTA)]
    # Two rules in both orders: locks must be taken in one order.
    rules = [
        WindowDemand("rate", "one", LIMIT, PERIOD),
        WindowDemand("rate", "two", LIMIT + 50, PERIOD),
    ]
    return rules if os.getpid() % 2 else rules[::-1]


def main(folder: Path, log: Path, turns: int, mode: str) -> None:
    allowances = SharedAllowances(Rings(folder / "windows"), Ledger(folder / "quotas"))
    wanted = demands(mode)
    with log.open("ab", buffering=0) as lines:
        for turn in range(turns):
            now = time.monotonic()
            if turn % 50 == 0:
                # New keys all the while: slots are made and rings grow under fire.
                other = WindowDemand("rate", f"{turn % 3000}", 40, PERIOD)
                allowances.take([other], now, 0.0)
            verdict = allowances.take(wanted, now, time.time())
            if verdict.wait == 0.0:
                lines.write(b"%.9f\n" % verdict.at)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
