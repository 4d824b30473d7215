"""The batch API of a service: register a job, start it, look at it, delete it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from bramka.domain.blob import BlobLocator, BlobReference
from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import IllegalStep, Missing
from bramka.domain.learning.endpoint import IDENTIFIER
from bramka.domain.learning.job import Job, JobSpec
from bramka.scoring.batch_body import read_batch
from bramka.scoring.doors import Call, Doors
from bramka.scoring.refusal import JSON_TYPE, Refusal, refuse
from bramka.scoring.router import Outcome, Route
from bramka.store.job import Jobs
from bramka.wire.message import Answer

SIGNED_SECONDS = 24 * 3600.0
"""How long the address of a result works; each look at the job signs a new one."""


class Batch:
    """Answers the calls below `…/jobs`."""

    def __init__(
        self,
        jobs: Jobs,
        locator: BlobLocator,
        clock: Clock,
        chance: Chance,
        threads: Executor,
    ) -> None:
        self._jobs = jobs
        self._locator = locator
        self._clock = clock
        self._chance = chance
        self._threads = threads

    def __repr__(self) -> str:
        return f"<Batch: {self._jobs!r}>"

    def routes(self, doors: Doors) -> list[Route]:
        """The four calls."""

        def route(method: str, tail: str, serve: Callable[[Call], Answer]) -> Route:
            return doors.with_key(method, tail, self._later(serve))

        return [
            route("POST", "/jobs", self.submit),
            route("POST", "/jobs/{job}/start", self.start),
            route("GET", "/jobs/{job}", self.status),
            route("DELETE", "/jobs/{job}", self.delete),
        ]

    def submit(self, call: Call) -> Answer:
        """Register a job: a bare JSON string with its id, and nothing behind it."""
        deployment = call.deployment
        spec = read_batch(
            call.request.body,
            deployment.function.definition,
            self._locator,
            self._own_output,
        )
        job_id = self._chance.hex(16)
        self._jobs.register(
            job_id,
            workspace=deployment.endpoint.workspace_id,
            endpoint=deployment.endpoint.id,
            package=deployment.package,
            spec=spec,
        )
        return Answer(200, msgspec.json.encode(job_id), list(JSON_TYPE))

    def start(self, call: Call) -> Answer:
        """Queue a registered job."""
        job_id = _job_id(call)
        try:
            self._jobs.start(job_id, endpoint=call.deployment.endpoint.id)
        except Missing:
            raise _unknown(job_id) from None
        except IllegalStep as error:
            raise refuse(
                "InvalidOperation",
                "CannotStartJob",
                f"The job cannot be started because it is in {error.target} state.",
                job_id,
            ) from None
        return Answer(204)

    def status(self, call: Call) -> Answer:
        """Where a job is, and where its results are."""
        job = self._found(call)
        return Answer(200, msgspec.json.encode(self._document(job)), list(JSON_TYPE))

    def delete(self, call: Call) -> Answer:
        """Cancel a job; one that has ended stays as it is."""
        job = self._found(call)
        self._jobs.cancel(job.id)
        return Answer(204)

    def _found(self, call: Call) -> Job:
        job_id = _job_id(call)
        try:
            return self._jobs.find(job_id, endpoint=call.deployment.endpoint.id)
        except Missing:
            raise _unknown(job_id) from None

    def _document(self, job: Job) -> dict[str, object]:
        finished = job.state == "finished"
        return {
            "StatusCode": job.status,
            "Results": self._results(self._jobs.spec(job.id)) if finished else None,
            "Details": job.details,
            "JobId": job.id,
            "CreatedAt": _moment(job.created),
            "StartTime": _moment(job.started),
            "EndTime": _moment(job.ended),
            "Progress": {
                "Rows": job.rows_done,
                "TotalRows": job.rows,
                "Chunks": job.chunks_done,
                "TotalChunks": job.chunks or None,
            },
        }

    def _results(self, spec: JobSpec) -> dict[str, object]:
        now = self._clock.now()
        results: dict[str, object] = {}
        for name, reference in spec.outputs.items():
            signed = self._locator.sign(reference, now=now, seconds=SIGNED_SECONDS)
            results[name] = {
                "ConnectionString": None,
                "RelativeLocation": signed.relative_location,
                "BaseLocation": signed.base_location,
                "SasBlobToken": signed.sas_blob_token,
            }
        return results

    def _own_output(self) -> BlobReference:
        """Where a result goes when its caller names no place."""
        guid = UUID(hex=self._chance.hex(16))
        return BlobReference(
            # The embedded endpoint, wherever it listens when the job runs.
            connection_string="UseDevelopmentStorage=true",
            relative_location=f"experimentoutput/{guid}/{guid}.csv",
        )

    def _later(self, serve: Callable[[Call], Answer]) -> Callable[[Call], Outcome]:
        """The same in a thread: a database may keep us waiting, other calls not."""

        async def answer(call: Call) -> Answer:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, serve, call)

        return answer


def _job_id(call: Call) -> str:
    job_id = call.values["job"].replace("-", "").lower()
    if not job_id:
        raise refuse(
            "BadArgument",
            "MissingJobId",
            "No job Id provided. A job Id is returned when a job was submitted for the "
            "first time. Verify the job Id is correct and try again.",
        )
    if not IDENTIFIER.fullmatch(job_id):
        raise _unknown(call.values["job"])
    return job_id


def _unknown(job_id: str) -> Refusal:
    return refuse(
        "NotFound",
        "JobNotFound",
        f"The service has no job {job_id[:80]}. Use the id that submitting it gave.",
        job_id[:80],
    )


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
