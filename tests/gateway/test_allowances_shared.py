"""Counters that processes share: exact under fire, whole after kill -9."""

import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.gateway.hammer import LIMIT, PERIOD, QUOTA

from bramka.domain.errors import Invalid
from bramka.domain.traffic.demand import QuotaDemand, WindowDemand
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.ledger import Ledger
from bramka.gateway.rings import Rings
from bramka.gateway.shared_window import SharedWindow

HAMMER = Path(__file__).with_name("hammer.py")
MANY = 10_000_000
KILLS = 8


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


class Taking:
    """A process that takes from the counter; its log tells what it was given."""

    def __init__(self, folder: Path, number: int, mode: str) -> None:
        self.log = folder / f"{number}.log"
        self.process = subprocess.Popen(
            [sys.executable, HAMMER, folder, self.log, str(MANY), mode],
            env={**os.environ, "PYTHONPATH": "src"},
        )

    def kill(self) -> None:
        # One that has not begun would be no victim.
        eventually(self.log.exists)
        self.process.kill()
        self.process.wait()


def under_fire(folder: Path, mode: str, more: int, most: int = MANY) -> None:
    """Three processes on one counter, each killed and replaced at random moments.

    Behind the kills so many more are admitted, up to `most` of all: were the counter
    stuck, it would never end.
    """
    chance = random.Random(7)
    running = [Taking(folder, number, mode) for number in range(3)]
    for number in range(3, 3 + KILLS):
        time.sleep(chance.uniform(0.1, 0.3))
        victim = running.pop(chance.randrange(3))
        running.append(Taking(folder, number, mode))
        victim.kill()
    enough = min(len(admitted(folder)) + more, most)
    eventually(lambda: len(admitted(folder)) >= enough)
    for each in running:
        each.kill()


def admitted(folder: Path) -> list[float]:
    # A line that a kill cut off was admitted, too; its moment is unknown.
    texts = [log.read_bytes() for log in folder.glob("*.log")]
    lines = [line for text in texts for line in text.split(b"\n")[:-1]]
    return sorted(map(float, lines))


def most_in_a_window(moments: list[float], period: float) -> int:
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - period:
            first += 1
        most = max(most, last - first + 1)
    return most


def opened(folder: Path, boot: bytes | None = None) -> SharedAllowances:
    return SharedAllowances(Rings(folder / "windows", boot), Ledger(folder / "quotas"))


@pytest.mark.parametrize("mode", ["window", "tally", "both"])
def test_no_window_admits_too_many_whoever_is_killed(tmp_path: Path, mode: str) -> None:
    limit = LIMIT // 3 if mode == "tally" else LIMIT
    under_fire(tmp_path, mode, more=4 * limit)
    assert most_in_a_window(admitted(tmp_path), PERIOD) == limit


def test_a_quota_is_spent_to_the_last_call_and_no_further(tmp_path: Path) -> None:
    # A call may be counted whose process was killed before it could tell.
    killed = KILLS + 3
    under_fire(tmp_path, "quota", more=QUOTA, most=QUOTA - killed)
    assert QUOTA - killed <= len(admitted(tmp_path)) <= QUOTA
    allowances = opened(tmp_path)
    verdict = allowances.take([QuotaDemand("quota", "one", 0.0, 0.0, QUOTA)], 0.0, 9.0)
    assert verdict.wait == float("inf")
    allowances.close()


def test_a_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    program = """if True:
        import sys, time
        from pathlib import Path
        from bramka.gateway.shared_window import SharedWindow
        from bramka.gateway.rings import Rings
        window = SharedWindow(Rings(Path(sys.argv[1])))
        window.hold("rate", "one", 1.0)
        print("held", flush=True)
        time.sleep(60)
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "windows"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.stdout.close()
    holder.wait()
    allowances = opened(tmp_path)
    assert allowances.windows("rate").take("one", 2.0, 1, 60.0) == 0.0
    allowances.close()


def test_a_lock_outlives_a_file_that_grows(tmp_path: Path) -> None:
    """Maps are made anew when the file grew; a lock that went with the old one would
    let two processes decide about one counter at once."""
    program = """if True:
        import sys
        from pathlib import Path
        from bramka.gateway.shared_window import SharedWindow
        from bramka.gateway.rings import Rings
        rings = Rings(Path(sys.argv[1]))
        window = SharedWindow(rings)
        for number in range(6_000):
            window.find("rate", f"{number}", 1.0)
        print("grown", flush=True)
        sys.stdin.readline()
        window.hold("rate", "one", 1.0)
        print("held", flush=True)
    """
    window = SharedWindow(Rings(tmp_path / "windows"))
    slot = window.hold("rate", "one", 1.0)
    other = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "windows"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == b"grown\n"
    for step in range(100):
        window.spend(slot, 1.0 + step, 100, 60.0)
    other.stdin.write(b"go on\n")
    other.stdin.flush()
    assert select.select([other.stdout], [], [], 1.0)[0] == []
    window.rings.unlock(slot)
    assert other.stdout.readline() == b"held\n"
    other.stdin.close()
    other.stdout.close()
    assert other.wait() == 0
    window.rings.close()


def test_a_reboot_forgets_windows_but_not_quotas(tmp_path: Path) -> None:
    first = opened(tmp_path, b"first boot")
    assert first.windows("rate").take("one", 9_000.0, 1, 60.0) == 0.0
    assert first.quotas("quota").take("one", 50.0, 0.0, 3600.0, 1) == 0.0
    first.close()
    second = opened(tmp_path, b"second boot")
    assert second.windows("rate").take("one", 5.0, 1, 60.0) == 0.0
    assert second.quotas("quota").take("one", 60.0, 0.0, 3600.0, 1) == 3540.0
    second.close()


def test_more_keys_than_slots_make_room(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    keys = [f"key {number}" for number in range(6_000)]
    for key in keys:
        assert one.windows("rate").take(key, 100.0, 2, 60.0) == 0.0
    for key in keys:
        assert other.windows("rate").take(key, 101.0, 2, 60.0) == 0.0
    for key in keys:
        assert one.windows("rate").take(key, 102.0, 2, 60.0) == pytest.approx(58.0)
    one.close()
    other.close()


def test_idle_keys_give_their_room_to_others(tmp_path: Path) -> None:
    allowances = opened(tmp_path)
    for hour in range(8):
        now = hour * 3600.0
        for number in range(1_500):
            key = f"{hour} {number}"
            assert allowances.windows("rate").take(key, now, 20, 60.0) == 0.0
    size = (tmp_path / "windows").stat().st_size
    assert size < 6_000 * (64 + 128)
    allowances.close()


def test_a_place_that_somebody_else_got_is_not_counted_in(tmp_path: Path) -> None:
    mine, others = opened(tmp_path), opened(tmp_path)
    demand = WindowDemand("rate", "mine", 1, 60.0)
    assert mine.take([demand], 0.0, 0.0).wait == 0.0
    for number in range(20_000):
        others.windows("rate").take(f"{number}", 1_000.0 + number, 1, 60.0)
    assert mine.take([demand], 30_000.0, 0.0).wait == 0.0
    assert others.take([demand], 30_001.0, 0.0).wait == 59.0
    mine.close()
    others.close()


def test_a_ring_grows_with_its_limit_and_forgets_nothing(tmp_path: Path) -> None:
    allowances = opened(tmp_path)
    windows = allowances.windows("rate")
    for step in range(1_000):
        assert windows.take("one", step / 1000, 1_000, 60.0) == 0.0
    assert windows.take("one", 1.0, 1_000, 60.0) == 59.0
    # A lower limit holds at once, a higher one admits the difference.
    assert windows.take("one", 2.0, 10, 60.0) == pytest.approx(58.99)
    assert windows.take("one", 2.0, 1_001, 60.0) == 0.0
    assert windows.take("one", 2.0, 1_001, 60.0) == 58.0
    allowances.close()


@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_a_ring_that_another_process_made_longer_is_read_to_its_end(
    tmp_path: Path, limit: int
) -> None:
    ours, theirs = (SharedWindow(Rings(tmp_path / "windows")) for _ in range(2))
    slot, _ = ours.find("place", "key", 1.0)
    for number in range(limit):
        theirs.spend(slot, 1.0 + number / limit, limit, 60.0)
    assert ours.wait(slot, 2.0, limit, 60.0) == pytest.approx(59.0)
    other, _ = ours.find("place", "other", 1.0)
    theirs.add(other, 2.0, 7, 60.0)
    assert ours.used(other, 2.0, 60.0) == 7
    ours.spend(slot, 70.0, limit, 60.0)
    assert theirs.remaining(slot, 70.0, limit, 60.0) == limit - 1


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "windows").write_bytes(b"precious family photographs")
    with pytest.raises(Invalid, match="does not hold windows; move it away"):
        Rings(tmp_path / "windows")
    assert (tmp_path / "windows").read_bytes() == b"precious family photographs"


def test_a_file_that_was_never_finished_is_made_ready(tmp_path: Path) -> None:
    (tmp_path / "windows").write_bytes(bytes(4096))
    window = SharedWindow(Rings(tmp_path / "windows"))
    assert window.find("rate", "one", 0.0)[0] > 0


def test_the_ledger_keeps_the_format_it_always_had(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "quotas")
    slot = ledger.slot("place", "key")
    slot.quota.start, slot.quota.calls, slot.quota.size = 5.0, 7, 9
    ledger.save(slot)
    ledger.close()
    content = (tmp_path / "quotas").read_bytes()
    assert content[:16] == b"bramka quotas 1\n"
    assert struct.unpack_from("<dQQ", content, 32) == (5.0, 7, 9)
