"""What a worker needs of the queue that all workers share."""

from collections.abc import Sequence
from typing import Protocol

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

    def release(self, lease: Lease, pause: float) -> None:
        """Give the work back; it can be claimed again after `pause` seconds."""

    def set_plan(self, lease: Lease, plan: Plan) -> bool:
        """Note how the job is cut; False when the lease is lost."""

    def finish_chunk(self, lease: Lease, rows: int) -> bool:
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
