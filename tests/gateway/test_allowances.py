"""Limits of one process: forgotten only when spent, and quotas that outlive kill -9."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bramka.gateway.allowances import LedgerQuotas, LocalWindows
from bramka.gateway.ledger import MAGIC, SLOT, Ledger

DAY = 86_400.0
SPEND = """
import sys
from pathlib import Path
from bramka.gateway.allowances import LedgerQuotas
from bramka.gateway.ledger import Ledger

quotas = LedgerQuotas(Ledger(Path(sys.argv[1])), "place")
number = 0
while True:
    key = f"key {number % int(sys.argv[2])}"
    if quotas.take(key, 1000.0, 0.0, 86400.0, 10**9) == 0.0:
        number += 1
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
"""


@pytest.mark.parametrize("keys", [1, 3, 5_000])
def test_no_spent_call_is_forgotten_by_kill_9(tmp_path: Path, keys: int) -> None:
    path = tmp_path / "quotas"
    told = 0
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", SPEND, str(path), str(keys)],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": ":".join(sys.path)},
        ) as process:
            assert process.stdout is not None
            told += sum(
                1 for _, _line in zip(range(6_000), process.stdout, strict=False)
            )
            process.kill()
            # What was told between the last line read and the end was spent as well.
            told += len(process.stdout.read().splitlines())
    quotas = LedgerQuotas(Ledger(path), "place")
    names = [f"key {number}" for number in range(keys)]
    spent = sum(quotas.current(name, 1000.0, 0.0, DAY).calls for name in names)
    assert told <= spent <= told + 2, "at most the call that was not told yet"


def test_what_is_spent_never_looks_less_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "quotas"
    ledger = Ledger(path)
    ledger.slot("place", "key 0")
    told = [0]
    with subprocess.Popen(
        [sys.executable, "-c", SPEND, str(path), "1"],
        stdout=subprocess.DEVNULL,
        env={"PYTHONPATH": ":".join(sys.path)},
    ) as process:
        # Whoever is killed leaves behind what others could have read at that moment.
        while len(told) < 100_000 and process.poll() is None:
            calls = SLOT.unpack_from(ledger.map, len(MAGIC))[2]
            if told[-1] or calls:
                told.append(calls)
        process.kill()
    assert told == sorted(told)
    assert told[-1] > told[1], "it went on meanwhile"
    ledger.close()


def test_more_quotas_than_slots_make_the_file_grow(tmp_path: Path) -> None:
    path = tmp_path / "quotas"
    ledger = Ledger(path)
    before = path.stat().st_size
    first, second = LedgerQuotas(ledger, "a"), LedgerQuotas(ledger, "b")
    for number in range(3_000):
        for quotas in (first, second):
            assert quotas.take(f"k{number}", 5.0, 0.0, DAY, 1) == 0.0
    assert path.stat().st_size > before
    ledger.close()
    again = Ledger(path)
    for place in ("a", "b"):
        quotas = LedgerQuotas(again, place)
        assert all(
            quotas.take(f"k{number}", 5.0, 0.0, DAY, 1) > 0.0 for number in range(3_000)
        )
    again.close()


class QuotaLife(RuleBasedStateMachine):
    """A quota that is spent, waits, is reopened, and never gives more than allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.place = TemporaryDirectory()
        self.folder = Path(self.place.name)
        self.now = 1_000.0
        self.spent: dict[tuple[str, int], int] = {}
        self.ledger = Ledger(self.folder / "quotas")
        self.quotas = LedgerQuotas(self.ledger, "p")

    @rule(key=st.sampled_from("ab"), allowed=st.just(3))
    def call(self, key: str, allowed: int) -> None:
        period = int(self.now // 100)
        used = self.spent.get((key, period), 0)
        wait = self.quotas.take(key, self.now, 0.0, 100.0, allowed)
        assert (wait == 0.0) == (used < allowed)
        if wait:
            assert self.now + wait == (period + 1) * 100.0
        else:
            self.spent[key, period] = used + 1

    @rule(seconds=st.sampled_from([0.5, 1.0, 40.0, 100.0, 250.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.folder / "quotas")
        self.quotas = LedgerQuotas(self.ledger, "p")

    @rule()
    def swap_the_plan(self) -> None:
        self.quotas = LedgerQuotas(self.ledger, "p")

    @invariant()
    def never_more_than_allowed(self) -> None:
        assert all(count <= 3 for count in self.spent.values())

    def teardown(self) -> None:
        self.ledger.close()
        self.place.cleanup()


TestQuotaLife = QuotaLife.TestCase


def test_forgetting_idle_callers_forgets_no_spent_call() -> None:
    windows = LocalWindows()
    assert windows.take("busy", 0.0, 1, 300.0) == 0.0
    for number in range(25_000):
        windows.take(f"passer-by {number}", 10.0 + number / 1_000, 1, 1.0)
    assert windows.take("busy", 100.0, 1, 300.0) == 200.0


def test_idle_callers_are_forgotten() -> None:
    windows = LocalWindows()
    for number in range(50_000):
        windows.take(str(number), float(number), 1, 1.0)
    assert len(windows._windows) <= 20_000


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60)), max_size=60))
def test_callers_have_windows_of_their_own(calls: list[tuple[str, int]]) -> None:
    windows = LocalWindows()
    admitted: dict[str, list[int]] = {"a": [], "b": []}
    for key, now in sorted(calls, key=lambda call: call[1]):
        live = sum(now - 10 < moment for moment in admitted[key])
        assert windows.remaining(key, float(now), 2, 10.0) == 2 - live
        if windows.take(key, float(now), 2, 10.0) == 0.0:
            assert live < 2
            admitted[key].append(now)
