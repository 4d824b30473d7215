"""Deletes parts that nobody needs any more."""

from itertools import groupby

from bramka.domain.blob import BlobStore
from bramka.jobs.ledger import Ledger


def sweep_ended(ledger: Ledger, staging: BlobStore) -> None:
    """Delete the parts of jobs that have ended since the last time."""
    for job, fence in ledger.unswept():
        for name in list(staging.names(f"{job}/")):
            # A job that is retried at this moment writes parts with higher fences.
            if int(name.rpartition(".")[2]) < fence:
                staging.delete(name)
        ledger.set_swept(job)


def sweep_all(ledger: Ledger, staging: BlobStore) -> None:
    """Delete what was left by workers killed after their job had ended."""
    # Listed before asking: what is written meanwhile is not touched.
    names = list(staging.names(""))
    jobs = [(job, list(parts)) for job, parts in groupby(names, key=_job)]
    needed = ledger.unfinished([job for job, _ in jobs])
    for job, parts in jobs:
        if job not in needed:
            for name in parts:
                staging.delete(name)


def _job(name: str) -> str:
    return name.partition("/")[0]
