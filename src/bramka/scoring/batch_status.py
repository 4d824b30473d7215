"""What a job looks like to its caller: the status document and the lists."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bramka.domain.blob import BlobLocator, BlobReference
from bramka.domain.learning.job import ChunkFailure, Happening, Job, JobEvent, JobSpec

Document = dict[str, object]
SIGNED_SECONDS = 24 * 3600.0
"""How long the address of a result works; each look at the job signs a new one."""


def job_document(job: Job, now: float) -> Document:
    """The fields every look at a job shows; the first ones are the classic ones."""
    return {
        "StatusCode": job.status,
        "Results": None,
        "Details": job.details,
        "JobId": job.id,
        "Subscription": job.subscription or None,
        "CreatedAt": moment_text(job.created),
        "StartTime": moment_text(job.started),
        "EndTime": moment_text(job.ended),
        "Waiting": job.waiting,
        "Progress": _progress(job, now),
    }


def results_document(spec: JobSpec, locator: BlobLocator, now: float) -> Document:
    """Where each result is, with a signature to read it."""
    return {
        name: place_document(reference, locator, now)
        for name, reference in spec.outputs.items()
    }


def place_document(
    reference: BlobReference, locator: BlobLocator, now: float
) -> Document:
    """One blob and a signature to read it; all but the first field are strings."""
    signed = locator.sign(reference, now=now, seconds=SIGNED_SECONDS)
    return {
        "ConnectionString": None,
        "RelativeLocation": signed.relative_location,
        "BaseLocation": signed.base_location,
        "SasBlobToken": signed.sas_blob_token,
    }


def failures_document(failures: Sequence[ChunkFailure]) -> list[Document]:
    """Chunks that were tried in vain or wait."""
    return [
        {
            "Chunk": one.chunk,
            "FirstRow": one.first_row + 1,
            "Rows": one.rows,
            "Attempts": one.attempts,
            "Waits": one.waits,
            "Reason": one.reason,
        }
        for one in failures
    ]


def log_document(events: Sequence[JobEvent]) -> list[Document]:
    """The log, the oldest line first: a sentence for people, and what it tells."""
    return [
        {"Time": moment_text(one.at), "Text": one.text, **_happening(one.told)}
        for one in events
    ]


def _happening(told: Happening | None) -> Document:
    if told is None:
        return {"Kind": None}
    return {
        "Kind": told.kind,
        "Chunks": told.chunks,
        "Chunk": told.chunk,
        "Seconds": told.seconds,
        "Reason": told.reason,
    }


def moment_text(seconds: float | None) -> str | None:
    """A moment as ISO 8601 in UTC."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _progress(job: Job, now: float) -> Document:
    pace = job.pace(now)
    return {
        "Rows": job.rows_done,
        "TotalRows": job.rows,
        "RowsSetAside": job.rows_set_aside,
        "Chunks": job.chunks_done,
        "TotalChunks": job.chunks or None,
        "Unchunked": job.uncut,
        "RowsPerSecond": None if pace is None else round(pace, 1),
        "EstimatedEnd": moment_text(job.expected_end(now)),
    }
