"""What a worker needs of the queue that all workers share."""

from collections.abc import Sequence
from typing import Protocol

from bramka.domain.blob import BlobReference
from bramka.domain.learning.job import Lease, Plan, Task


class Lost(Exception):
    """The lease is gone: another works on it now, or the job was cancelled."""


class Ledger(Protocol):
    """The shared queue; each method raises Unavailable while it cannot be reached."""

    lease: float
    """Seconds after which the work of somebody silent is given to another."""

    def has_work(self) -> bool:
        """Whether a claim now would find something; cheap."""

    def claim(self) -> Task | None:
        """The next thing to do, now leased to the caller."""

    def hold(self, lease: Lease) -> bool:
        """Extend a lease; False when it is lost or the job was cancelled."""

    def release(
        self, lease: Lease, pause: float, reason: str, *, away: bool = False
    ) -> None:
        """Give the work back for some seconds; `away`: no fault of the work."""

    def abandon(self, owner: str) -> int:
        """Give back at once what somebody held who is dead; how much it was."""

    def set_plan(self, lease: Lease, plan: Plan) -> bool:
        """Note how the job is cut; False when the lease is lost."""

    def finish_chunk(self, lease: Lease, rows: int, set_aside: int = 0) -> bool:
        """Accept a part; False when it must be deleted because the lease is lost."""

    def parts(self, job_id: str) -> list[tuple[int, int]]:
        """Number and fence of each accepted part, in order."""

    def finish_job(self, lease: Lease) -> bool:
        """The outputs are published; False when the lease is lost."""

    def fail(self, lease: Lease, details: str) -> bool:
        """End the job with this text; False when the lease is lost."""

    def unswept(self) -> list[tuple[str, int]]:
        """Ended jobs whose parts below this fence may go."""

    def set_swept(self, job_id: str) -> None:
        """Note that nothing of an ended job lies about any more."""

    def unfinished(self, job_ids: Sequence[str]) -> set[str]:
        """Those of the jobs whose parts are still needed."""

    def set_aside(self, job_id: str) -> int:
        """How many rows of a job were set aside."""

    def expired(self, before: float) -> list[tuple[str, list[BlobReference]]]:
        """Jobs that ended, or were never started, before a moment; what is ours."""

    def forget(self, job_id: str) -> None:
        """Delete the rows of a job that ended or was never started."""
