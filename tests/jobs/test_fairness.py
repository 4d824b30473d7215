"""A thousand queued jobs are drained in order, and starve nobody."""

from tests.jobs.bench import Bench

from bramka.jobs import Worker

JOBS = 1000
LATE = 10
BEFORE = 100
"""Jobs of the first caller that are done when others come."""


def test_a_thousand_queued_jobs_starve_no_late_comer(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    many = [bench.submit(b"text\nx\n", subscription="many") for _ in range(JOBS)]
    worker = Worker(bench.tools())
    done = 0

    def drain(most: int = 1 << 30) -> None:
        nonlocal done
        while done < most and worker.step():
            # Each moment is one step's, so the moments of ends tell their order.
            bench.clock.advance(0.001)
            done += 1

    drain(BEFORE * 3)
    few = [bench.submit(b"text\nx\n", subscription="few") for _ in range(LATE)]
    other = [bench.submit(b"text\nx\n", endpoint="f" * 32) for _ in range(LATE)]
    drain()

    jobs = [bench.jobs.find(job) for job in (*many, *few, *other)]
    assert {job.status for job in jobs} == {"Finished"}
    # Planned, scored and published once: nothing was done in vain.
    assert done == 3 * len(jobs)
    order = [job.id for job in sorted(jobs, key=lambda job: job.ended or 0)]
    for whose in (many, few, other):
        assert [job for job in order if job in set(whose)] == whose
    came = order.index(many[BEFORE - 40])
    for whose in (few, other):
        last = order.index(whose[-1])
        assert last < came + 40 + 4 * LATE, (last, came)
