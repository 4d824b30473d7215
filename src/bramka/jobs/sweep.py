"""Deletes parts that nobody needs any more, and jobs that are too old."""

import logging

from bramka.domain.blob import BlobLocator, BlobStore
from bramka.domain.errors import BramkaError, Unavailable
from bramka.jobs.ledger import Ledger

log = logging.getLogger(__name__)


def sweep_ended(ledger: Ledger, staging: BlobStore) -> list[str]:
    """Delete the parts of jobs that have ended since the last time; names the jobs."""
    swept = []
    for job, fence in ledger.unswept():
        for name in list(staging.names(f"{job}/")):
            # A job that is retried at this moment writes parts with higher fences.
            suffix = name.rpartition(".")[2]
            if not suffix.isdecimal() or int(suffix) < fence:
                staging.delete(name)
        ledger.set_swept(job)
        swept.append(job)
    return swept


def sweep_all(ledger: Ledger, staging: BlobStore) -> None:
    """Delete what was left by workers killed after their job had ended."""
    # Listed before asking: what is written meanwhile is not touched.
    names = list(staging.names(""))
    jobs = sorted({name.partition("/")[0] for name in names})
    needed = ledger.unfinished(jobs)
    for name in names:
        if name.partition("/")[0] not in needed:
            staging.delete(name)


def forget_old(ledger: Ledger, locator: BlobLocator, before: float) -> int:
    """Delete what ended before a moment, and its outputs in our storage; how many."""
    jobs = ledger.expired(before)
    for job, outputs in jobs:
        for reference in outputs:
            try:
                store, path = locator.find(reference)
                store.delete(path)
            except Unavailable:
                raise
            except BramkaError as error:
                log.warning("job %s leaves an output: %s", job, error.message)
        ledger.forget(job)
    return len(jobs)
