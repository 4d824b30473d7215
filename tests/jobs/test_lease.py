"""Leases: one holder at a time, taken over from the silent, fenced afterwards."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update
from tests.jobs.bench import CIPHER, Bench, texts

from bramka.domain.errors import IllegalStep, Missing
from bramka.domain.learning.job import Happening, Lease, Piece, Plan, Task
from bramka.jobs import Worker
from bramka.store.database import open_database
from bramka.store.encryption import Cipher
from bramka.store.job_tables import JOB
from bramka.store.lease import Ledger


def planned(bench: Bench, chunks: int, **whose: Any) -> str:
    """A running job of so many chunks."""
    job = bench.submit(**whose)
    ledger = bench.ledger()
    task = ledger.claim()
    assert task is not None
    assert (task.kind, task.lease.job) == ("plan", job)
    assert ledger.set_plan(task.lease, Plan(header=b"", pieces=pieces(chunks)))
    return job


def pieces(chunks: int) -> tuple[Piece, ...]:
    return tuple(
        Piece(number=n, start=n, stop=n + 1, first_row=n, rows=1) for n in range(chunks)
    )


def claim(ledger: Ledger) -> Task:
    task = ledger.claim()
    assert task is not None
    return task


def silence(bench: Bench, ledger: Ledger, seconds: float) -> None:
    """Let a lease age, whichever clock times it."""
    if bench.engine.dialect.name == "sqlite":
        bench.clock.advance(seconds)
        return
    with bench.engine.begin() as connection:
        for table in ("job", "chunk"):
            connection.exec_driver_sql(
                f"UPDATE {table} SET leased = leased - {seconds}, "
                f"until = until - {seconds} WHERE until > 0"
            )


def test_a_chunk_has_one_holder(bench: Bench) -> None:
    planned(bench, 2)
    ledger = bench.ledger()
    assert [claim(ledger).lease.number, claim(ledger).lease.number] == [0, 1]
    assert ledger.claim() is None
    assert not ledger.has_work()


def test_what_a_silent_worker_held_is_given_to_another(bench: Bench) -> None:
    planned(bench, 1)
    ledger = bench.ledger(lease=15)
    first = claim(ledger)
    silence(bench, ledger, 14)
    assert ledger.claim() is None
    silence(bench, ledger, 2)
    second = claim(ledger)
    assert second.lease.number == first.lease.number
    assert second.lease.fence == first.lease.fence + 1
    assert second.attempt == 2


def test_a_heartbeat_keeps_the_work(bench: Bench) -> None:
    planned(bench, 1)
    ledger = bench.ledger(lease=15)
    task = claim(ledger)
    for _ in range(3):
        silence(bench, ledger, 10)
        assert ledger.hold(task.lease)
    assert ledger.claim() is None


def test_nothing_of_a_zombie_is_accepted(bench: Bench) -> None:
    job = planned(bench, 1)
    ledger = bench.ledger(lease=15)
    zombie = claim(ledger)
    silence(bench, ledger, 16)
    heir = claim(ledger)
    assert not ledger.hold(zombie.lease)
    assert not ledger.finish_chunk(zombie.lease, 1)
    assert not ledger.fail(zombie.lease, "told by a zombie")
    ledger.release(zombie.lease, 0, "why")
    assert ledger.claim() is None
    assert ledger.finish_chunk(heir.lease, 1)
    assert ledger.parts(job) == [(0, heir.lease.fence)]


def test_a_zombie_neither_plans_nor_publishes(bench: Bench) -> None:
    job = bench.submit()
    ledger = bench.ledger(lease=15)
    zombie = claim(ledger)
    silence(bench, ledger, 16)
    heir = claim(ledger)
    plan = Plan(header=b"", pieces=pieces(1))
    assert not ledger.set_plan(zombie.lease, plan)
    assert ledger.set_plan(heir.lease, plan)
    assert ledger.finish_chunk(claim(ledger).lease, 1)
    zombie = claim(ledger)
    assert zombie.kind == "publish"
    silence(bench, ledger, 16)
    heir = claim(ledger)
    assert not ledger.finish_job(zombie.lease)
    assert bench.jobs.find(job).status == "Running"
    assert ledger.finish_job(heir.lease)
    assert bench.jobs.find(job).status == "Finished"


def test_an_answer_that_was_lost_is_given_again(bench: Bench) -> None:
    planned(bench, 1)
    ledger = bench.ledger()
    task = claim(ledger)
    assert ledger.finish_chunk(task.lease, 1)
    assert ledger.finish_chunk(task.lease, 1)


def test_fences_of_a_second_try_are_above_those_of_the_first(bench: Bench) -> None:
    job = planned(bench, 1)
    ledger = bench.ledger()
    first = claim(ledger)
    assert ledger.fail(first.lease, "no")
    bench.jobs.retry(job)
    assert ledger.set_plan(claim(ledger).lease, Plan(header=b"", pieces=pieces(1)))
    second = claim(ledger)
    assert second.lease.fence > first.lease.fence + 900
    assert not ledger.finish_chunk(first.lease, 1)


def test_only_a_failed_job_is_tried_again(bench: Bench) -> None:
    job = bench.submit()
    with pytest.raises(IllegalStep, match="queued cannot retry"):
        bench.jobs.retry(job)


def test_a_lease_from_the_future_is_not_believed(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    bench.clock.elapsed = 1_000_000.0
    planned(bench, 1)
    ledger = bench.ledger(lease=15)
    first = claim(ledger)
    # The machine was started anew: its monotonic clock begins at nought.
    bench.clock.elapsed = 1.0
    assert claim(ledger).lease.fence == first.lease.fence + 1


def test_setting_the_wall_clock_takes_nothing_away(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    planned(bench, 1)
    ledger = bench.ledger()
    task = claim(ledger)
    for jump in (1e6, -2e6):
        bench.clock.set(bench.clock.now() + jump)
        assert ledger.claim() is None
        assert ledger.hold(task.lease)


def test_a_cancelled_job_stops_its_workers(bench: Bench) -> None:
    job = planned(bench, 2)
    ledger = bench.ledger()
    task = claim(ledger)
    bench.jobs.cancel(job)
    assert not ledger.hold(task.lease)
    assert not ledger.finish_chunk(task.lease, 1)
    assert ledger.claim() is None
    assert bench.jobs.find(job).status == "Cancelled"


def test_a_job_starts_once(bench: Bench) -> None:
    job = bench.submit()
    with pytest.raises(IllegalStep) as refused:
        bench.jobs.start(job)
    assert refused.value.target == "Queued"


def test_jobs_of_another_endpoint_do_not_exist(bench: Bench) -> None:
    job = bench.submit()
    for ask in (bench.jobs.find, bench.jobs.start, bench.jobs.cancel):
        with pytest.raises(Missing):
            ask(job, endpoint="f" * 32)


def test_at_most_forty_jobs_of_an_endpoint_run(bench: Bench) -> None:
    jobs = [bench.submit() for _ in range(42)]
    other = bench.submit(endpoint="f" * 32)
    # Long enough for forty claims on a machine that has other work.
    ledger = bench.ledger(most_active=40, lease=600.0)
    claimed = [claim(ledger).lease for _ in range(41)]
    assert ledger.claim() is None
    # The other endpoint had fewer at work, so it was served second.
    assert [lease.job for lease in claimed] == [jobs[0], other, *jobs[1:40]]
    bench.jobs.cancel(jobs[7])
    assert claim(ledger).lease.job == jobs[40]


def test_endpoints_take_turns(bench: Bench) -> None:
    large = planned(bench, 6)
    small = planned(bench, 2, endpoint="f" * 32)
    ledger = bench.ledger()
    served = []
    for _ in range(4):
        task = claim(ledger)
        served.append(task.lease.job)
        bench.clock.advance(0.001)
        ledger.finish_chunk(task.lease, 1)
    assert served == [large, small, large, small]


@pytest.mark.parametrize("ended", [True, False])
def test_subscriptions_of_an_endpoint_take_turns(bench: Bench, ended: bool) -> None:
    large = planned(bench, 6)
    small = planned(bench, 2, subscription="other")
    ledger = bench.ledger()
    served = []
    for _ in range(4):
        task = claim(ledger)
        served.append(task.lease.job)
        bench.clock.advance(0.001)
        if ended:
            ledger.finish_chunk(task.lease, 1)
    assert served == [large, small, large, small]


def test_many_jobs_of_one_caller_do_not_starve_another(bench: Bench) -> None:
    for _ in range(6):
        planned(bench, 1)
    other = [planned(bench, 1, subscription="other") for _ in range(2)]
    ledger = bench.ledger()
    served = []
    for _ in range(4):
        task = claim(ledger)
        served.append(task.lease.job)
        bench.clock.advance(0.001)
        ledger.finish_chunk(task.lease, 1)
        ledger.finish_job(claim(ledger).lease)
    assert [job in other for job in served] == [False, True, False, True]


def test_what_a_dead_worker_held_is_given_back_at_once(bench: Bench) -> None:
    planned(bench, 1)
    dead = claim(bench.ledger(owner="dead"))
    assert bench.ledger().claim() is None
    assert bench.ledger().abandon("dead") == 1
    heir = claim(bench.ledger(owner="heir"))
    assert heir.lease.fence == dead.lease.fence + 1
    assert heir.attempt == 2


def test_waiting_for_a_store_is_no_attempt(bench: Bench) -> None:
    job = planned(bench, 1)
    ledger = bench.ledger()
    for wait in range(8):
        task = claim(ledger)
        assert (task.attempt, task.wait) == (1, wait)
        ledger.release(task.lease, 0.0, "the store is away", away=True)
    assert bench.jobs.find(job).waiting == "the store is away"
    [failure] = bench.jobs.failures(job)
    assert (failure.chunk, failure.attempts, failure.waits) == (0, 0, 8)
    assert ledger.finish_chunk(claim(ledger).lease, 1)
    assert bench.jobs.find(job).waiting is None
    assert bench.jobs.failures(job) == []


def test_a_job_keeps_a_log(bench: Bench) -> None:
    job = planned(bench, 1)
    ledger = bench.ledger()
    ledger.release(claim(ledger).lease, 0.0, "the store is away", away=True)
    ledger.finish_chunk(claim(ledger).lease, 1)
    ledger.finish_job(claim(ledger).lease)
    assert [event.text for event in bench.jobs.log(job)] == [
        "registered",
        "started: queued",
        "planned: 1 chunks",
        "chunk 0 waits for 0 s: the store is away",
        "published: finished",
    ]
    away = Happening(kind="waits", chunk=0, seconds=0.0, reason="the store is away")
    assert [event.told for event in bench.jobs.log(job)] == [
        Happening(kind="submitted"),
        Happening(kind="queued"),
        Happening(kind="cut", chunks=1),
        away,
        Happening(kind="published"),
    ]


def test_a_released_chunk_waits_for_its_pause(bench: Bench) -> None:
    planned(bench, 1)
    ledger = bench.ledger()
    ledger.release(claim(ledger).lease, 3.0, "why")
    assert ledger.claim() is None
    silence(bench, ledger, 3.5)
    assert claim(ledger).attempt == 2


def test_many_that_claim_at_once_get_each_chunk_once(bench: Bench) -> None:
    planned(bench, 40)

    def drain(_: int) -> list[Lease]:
        # As in a process of its own: no connection is shared.
        engine = open_database(bench.engine.url.render_as_string(hide_password=False))
        # A lease that no load of the machine outlasts: nobody is silent here.
        ledger = Ledger(engine, bench.clock, CIPHER, lease=600.0)
        taken = []
        while (task := ledger.claim()) and task.kind == "chunk":
            taken.append(task.lease)
        engine.dispose()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [lease for leases in pool.map(drain, range(4)) for lease in leases]
    assert sorted(lease.number or 0 for lease in taken) == list(range(40))


def test_many_that_plan_at_once_keep_to_the_limit(bench: Bench) -> None:
    for _ in range(12):
        bench.submit()

    def drain(_: int) -> int:
        engine = open_database(bench.engine.url.render_as_string(hide_password=False))
        ledger = Ledger(engine, bench.clock, CIPHER, most_active=5, lease=600.0)
        taken = 0
        while ledger.claim():
            taken += 1
        engine.dispose()
        return taken

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(drain, range(4))) == 5


def test_secrets_of_a_job_are_not_in_its_row(bench: Bench) -> None:
    job = bench.submit(texts(3))
    with bench.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM job").one()
    assert not [cell for cell in row if b"in/" in bytes(str(cell), "utf-8")]
    assert bench.jobs.spec(job).inputs["input1"].relative_location == f"in/{job}.csv"


def test_progress_is_counted(bench: Bench) -> None:
    job = bench.submit(texts(30))
    worker = Worker(bench.tools())
    worker.step()
    worker.step()
    found = bench.jobs.find(job)
    assert (found.rows, found.chunks_done) == (30, 1)
    assert 0 < found.rows_done < 30
    assert found.chunks > 2


def test_a_job_whose_key_is_gone_fails_alone(bench: Bench) -> None:
    lost = bench.submit()
    kept = bench.submit(endpoint="f" * 32)
    other = Cipher(b"o" * 32)
    record = other.encrypt(b"{}", f"job/{lost}/spec")
    with bench.engine.begin() as connection:
        connection.execute(update(JOB).where(JOB.c.id == lost).values(spec=record))
    ledger = bench.ledger()
    assert ledger.claim() is None
    assert claim(ledger).lease.job == kept
    found = bench.jobs.find(lost)
    assert found.status == "Failed"
    assert "encrypted under a key that is not configured" in (found.details or "")
