"""The journal: what was counted reaches console once, in order, whoever dies."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import api, configure, plain, subscription

from bramka.domain.traffic.usage import Batch
from bramka.gateway import journal as journals
from bramka.gateway.journal import Journal
from bramka.testing import FakeChance

READ = json.Decoder(Batch)
WHAT, WHO = ("echo", "get"), ("gold", "s", "ann")


class Console:
    """Takes batches, each id once, unless it is away."""

    def __init__(self) -> None:
        self.away = False
        self.order: list[str] = []
        self.batches: dict[str, Batch] = {}

    async def send(self, batch: bytes) -> bool:
        await asyncio.sleep(0)
        if self.away:
            return False
        read = READ.decode(batch)
        self.order.append(read.batch)
        self.batches[read.batch] = read
        return True

    @property
    def calls(self) -> int:
        return sum(row.calls for one in self.batches.values() for row in one.rows)

    @property
    def bandwidths(self) -> list[int]:
        return [self.batches[name].rows[0].bandwidth for name in self.order]


def note(journal: Journal, status: int = 200, size: int = 1, at: float = 60.0) -> None:
    journal.note(WHAT, WHO, status, size, at, 1_500, 700)


async def test_nothing_noted_is_nothing_sent(tmp_path: Path) -> None:
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    await journal.deliver(console.send)
    assert console.order == []


async def test_batches_wait_on_disk_and_go_in_order(tmp_path: Path) -> None:
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    console.away = True
    for size in (1, 2, 3):
        note(journal, size=size)
        await journal.deliver(console.send)
    console.away = False
    note(journal, size=4)
    await journal.deliver(console.send)
    assert console.bandwidths == [1, 2, 3, 4]
    assert left_in(tmp_path) == []
    assert len(set(console.order)) == 4


async def test_a_new_process_sends_what_the_old_one_left(tmp_path: Path) -> None:
    journal, console = Journal("g", tmp_path, FakeChance(1)), Console()
    for size in (1, 2):
        note(journal, size=size)
        journal.spool()
    again = Journal("g", tmp_path, FakeChance(2))
    note(again, size=3)
    again.spool()
    note(again, size=4)
    await again.deliver(console.send)
    assert console.bandwidths == [1, 2, 3, 4]


async def test_half_written_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "000000000007.part").write_bytes(b'{"gateway"')
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    note(journal)
    journal.spool()
    await journal.deliver(console.send)
    assert console.calls == 1


async def test_an_empty_file_that_a_power_cut_left_stops_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "000000000001.json").write_bytes(b"")
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    note(journal)
    await journal.deliver(console.send)
    assert console.calls == 1
    assert left_in(tmp_path) == []


async def test_a_batch_sent_again_has_the_same_id(tmp_path: Path) -> None:
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    note(journal)
    answers = iter([False, True])

    async def lost_answer(batch: bytes) -> bool:
        await console.send(batch)
        return next(answers)

    await journal.deliver(lost_answer)
    await journal.deliver(lost_answer)
    assert len(console.order) == 2
    assert console.calls == 1


async def test_a_delivery_that_is_cut_off_loses_nothing(tmp_path: Path) -> None:
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    note(journal)

    async def hang(_batch: bytes) -> bool:
        await asyncio.sleep(60)
        return True

    delivery = asyncio.ensure_future(journal.deliver(hang))
    await asyncio.sleep(0.01)
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery
    await journal.deliver(console.send)
    assert console.calls == 1


async def test_the_spool_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "MOST_SPOOLED", 3)
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    for size in range(1, 7):
        note(journal, size=size)
        journal.spool()
    await journal.deliver(console.send)
    assert console.bandwidths == [4, 5, 6], "the oldest go first"


async def test_batches_come_seldom_while_many_wait_and_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "MANY_SPOOLED", 2)
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    console.away = True
    for _ in range(2 + 3 * journals.SELDOM):
        note(journal, size=1)
        await journal.deliver(console.send)
    assert journal.spooled() == 2 + 3
    console.away = False
    await journal.deliver(console.send)
    assert sum(console.bandwidths) == 2 + 3 * journals.SELDOM
    assert journal.spooled() == 0


STEPS = st.lists(
    st.sampled_from(["note", "note", "spool", "deliver", "away", "back", "restart"]),
    max_size=30,
)


@given(STEPS)
def test_whatever_happens_each_call_is_counted_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("spool")

    async def play() -> None:
        console, starts, noted = Console(), 1, 0
        journal = Journal("g", folder, FakeChance(starts))
        for step in [*steps, "back", "deliver"]:
            if step == "note":
                note(journal, status=200 + noted % 300)
                noted += 1
            elif step == "restart":
                journal.spool()
                starts += 1
                journal = Journal("g", folder, FakeChance(starts))
            elif step == "spool":
                journal.spool()
            elif step == "deliver":
                await journal.deliver(console.send)
            else:
                console.away = step == "away"
        assert console.calls == noted
        assert len(console.order) == len(set(console.order))

    asyncio.run(play())


async def test_usage_adds_up_to_the_calls_made(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    statuses = {"/200": 200, "/404": 404, "/500": 500, "/400": 400}
    backend = await open_backend(
        lambda seen: plain(b"12345", b"HTTP/1.1 %b X" % seen.line[5:8].encode())
    )
    one = api(service_url=backend.url, subscription_required=True)
    configuration = configure(
        [one], subscriptions=[subscription("s", "/apis/echo", b"k")]
    )
    gate = await open_gate(configuration)
    key = "Ocp-Apim-Subscription-Key: k"
    for path, status in statuses.items():
        assert (await gate.get(f"/echo{path}", key)).status == status
    for _ in range(3):
        assert (await gate.get("/echo/200")).status == 401
    assert (await gate.get("/none")).status == 404
    console = Console()
    await gate.gateway.journal.deliver(console.send)
    rows = [row for batch in console.batches.values() for row in batch.rows]
    assert sum(row.success for row in rows) == 1
    assert sum(row.blocked for row in rows) == 3
    assert sum(row.failed for row in rows) == 2
    assert sum(row.other for row in rows) == 2
    assert sum(row.latency.count for row in rows) == 8
    assert sum(row.backend.count for row in rows) == 4
    by_subscription = [row for row in rows if row.subscription == "s"]
    assert sum(row.calls for row in by_subscription) == 4
    assert sum(row.bandwidth for row in by_subscription) == 20


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_disk_that_refuses_loses_no_count(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    journal, console = Journal("g", folder, FakeChance()), Console()
    console.away = True
    folder.rmdir()
    folder.write_text("in the way")
    for size in (1, 2, 3):
        note(journal, size=size)
        await journal.deliver(console.send)
    console.away = False
    await journal.deliver(console.send)
    assert console.bandwidths == [1, 2, 3]


async def test_counts_go_to_disk_as_soon_as_it_takes_them(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    journal, console = Journal("g", folder, FakeChance()), Console()
    folder.rmdir()
    folder.write_text("in the way")
    note(journal, size=1)
    journal.spool()
    folder.unlink()
    folder.mkdir()
    note(journal, size=2)
    journal.spool()
    assert journal.spooled() == 2
    # What the process had in memory is not needed any more: another goes on.
    await Journal("g", folder, FakeChance()).deliver(console.send)
    assert console.bandwidths == [1, 2]


async def test_many_rows_are_cut_while_calls_go_on(tmp_path: Path) -> None:
    """Told to stop in the middle of it, nothing is lost or counted twice."""
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    for user in range(1_000):
        journal.note(WHAT, ("gold", "s", f"u{user}"), 200, 1, 60.0, 1_500, -1)
    delivery = asyncio.create_task(journal.deliver(console.send))
    for _ in range(5):
        before = journal.totals.calls
        await asyncio.sleep(0)
        note(journal)
        assert before < journal.totals.calls < 1_000
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)
    assert journal.spooled() == 1
    assert console.calls == 0
    await journal.deliver(console.send)
    assert console.calls == journal.totals.calls == 1_005


async def test_a_batch_that_cannot_be_read_holds_up_none_behind_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "000000000000.json").mkdir()
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    for size in (1, 2):
        note(journal, size=size)
        journal.spool()
    note(journal, size=3)
    await journal.deliver(console.send)
    await journal.deliver(console.send)
    assert console.bandwidths == [1, 2, 3]


async def test_a_batch_that_cannot_be_removed_is_sent_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    note(journal, size=1)
    journal.spool()

    def refuse(_path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(Path, "unlink", refuse)
    for size in (2, 3):
        note(journal, size=size)
        await journal.deliver(console.send)
    assert console.bandwidths == [1, 2, 3]


async def test_a_count_that_cannot_be_written_takes_no_other_along(
    tmp_path: Path,
) -> None:
    journal, console = Journal("g", tmp_path, FakeChance()), Console()
    note(journal, size=1)
    journal.note(WHAT, ("gold", "\ud800", "ann"), 200, 5, 60.0, 1_500, 700)
    journal.note(WHAT, WHO, 200, 2, 120.0, 1_500, 700)
    await journal.deliver(console.send)
    rows = [row for one in console.batches.values() for row in one.rows]
    assert sorted(row.bandwidth for row in rows) == [1, 2]
    note(journal, size=3)
    await journal.deliver(console.send)
    assert console.bandwidths[-1] == 3
