"""The batch API of a service: register a job, start it, look at it, delete it."""

import asyncio
import hmac
from collections.abc import Callable
from concurrent.futures import Executor
from uuid import UUID

import msgspec

from bramka.domain.blob import BlobLocator, BlobReference
from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import IllegalStep, Missing
from bramka.domain.learning.endpoint import IDENTIFIER, gateway_proof
from bramka.domain.learning.job import Job, JobSpec
from bramka.scoring.batch_body import USUAL, Rules, read_batch, renewed
from bramka.scoring.batch_query import read_query
from bramka.scoring.batch_status import (
    Document,
    failures_document,
    job_document,
    log_document,
    place_document,
    results_document,
)
from bramka.scoring.doors import Call, Doors
from bramka.scoring.refusal import JSON_TYPE, Refusal, refuse
from bramka.scoring.router import Outcome, Route
from bramka.store.job import Jobs
from bramka.wire.message import Answer

LONGEST_NAME = 256


class Batch:
    """Answers the calls below `…/jobs`."""

    def __init__(
        self,
        jobs: Jobs,
        locator: BlobLocator,
        clock: Clock,
        chance: Chance,
        threads: Executor,
        *,
        pepper: bytes,
        rules: Rules = USUAL,
    ) -> None:
        self._jobs = jobs
        self._locator = locator
        self._clock = clock
        self._chance = chance
        self._threads = threads
        self._pepper = pepper
        self._rules = rules

    def __repr__(self) -> str:
        return f"<Batch: {self._jobs!r}>"

    def routes(self, doors: Doors) -> list[Route]:
        """The classic four calls, and three more."""

        def route(method: str, tail: str, serve: Callable[[Call], Answer]) -> Route:
            return doors.with_key(method, tail, self._later(serve))

        return [
            route("POST", "/jobs", self.submit),
            route("POST", "/jobs/{job}/start", self.start),
            route("GET", "/jobs/{job}", self.status),
            route("DELETE", "/jobs/{job}", self.delete),
            route("GET", "/jobs", self.list),
            route("GET", "/jobs/{job}/log", self.log),
            route("POST", "/jobs/{job}/retry", self.retry),
        ]

    def submit(self, call: Call) -> Answer:
        """Register a job: a bare JSON string with its id, and nothing behind it."""
        deployment = call.deployment
        spec = self._asked(call)
        job_id = self._chance.hex(16)
        self._jobs.register(
            job_id,
            workspace=deployment.endpoint.workspace_id,
            endpoint=deployment.endpoint.id,
            package=deployment.package,
            spec=spec,
            subscription=self._caller(call) or "",
        )
        return Answer(200, msgspec.json.encode(job_id), [*JSON_TYPE])

    def start(self, call: Call) -> Answer:
        """Queue a registered job."""
        job = self._found(call)
        try:
            self._jobs.start(job.id, endpoint=job.endpoint)
        except IllegalStep as error:
            raise refuse(
                "InvalidOperation",
                "CannotStartJob",
                f"The job cannot be started because it is in {error.target} state.",
                job.id,
            ) from None
        return Answer(204)

    def status(self, call: Call) -> Answer:
        """Where a job is, and where its results are."""
        job = self._found(call)
        return Answer(200, msgspec.json.encode(self._document(job)), [*JSON_TYPE])

    def delete(self, call: Call) -> Answer:
        """Cancel a job; one that has ended stays as it is."""
        job = self._found(call)
        self._jobs.cancel(job.id)
        return Answer(204)

    def list(self, call: Call) -> Answer:
        """The newest jobs of the endpoint that fit the query, and how many fit."""
        sought = read_query(call.query, call.deployment.endpoint.id)
        caller = self._caller(call)
        if caller is not None:
            sought = msgspec.structs.replace(sought, subscription=caller)
        jobs, count = self._jobs.newest(sought)
        now = self._clock.now()
        value = [job_document(job, now) for job in jobs]
        document = {"value": value, "count": count}
        return Answer(200, msgspec.json.encode(document), [*JSON_TYPE])

    def log(self, call: Call) -> Answer:
        """What happened to a job, in order."""
        document = {"value": log_document(self._jobs.log(self._found(call).id))}
        return Answer(200, msgspec.json.encode(document), [*JSON_TYPE])

    def retry(self, call: Call) -> Answer:
        """Queue a failed job again, from its beginning; a body names blobs anew."""
        job = self._found(call)
        spec = None
        if call.request.body:
            spec = renewed(self._jobs.spec(job.id), self._asked(call))
        try:
            self._jobs.retry(job.id, endpoint=job.endpoint, spec=spec)
        except IllegalStep:
            raise refuse(
                "InvalidOperation",
                "CannotRetryJob",
                f"Only a failed job can be tried again; this one is {job.status}.",
                job.id,
            ) from None
        return Answer(204)

    def _asked(self, call: Call) -> JobSpec:
        """What the body of a call says a job is to do."""
        return read_batch(
            call.request.body,
            call.deployment.function.definition,
            self._locator,
            self._own_output,
            self._rules,
        )

    def _caller(self, call: Call) -> str | None:
        """Whose call it is, if a gateway says so that proves to be ours."""
        shown = call.request.header(b"x-bramka-gateway") or b""
        proof = gateway_proof(self._pepper, call.deployment.endpoint.id).encode()
        if not hmac.compare_digest(shown, proof):
            return None
        name = call.request.header(b"x-bramka-subscription") or b""
        return name.decode("utf-8", "replace")[:LONGEST_NAME]

    def _found(self, call: Call) -> Job:
        """The job a call is about; behind a gateway each caller has their own."""
        job_id = _job_id(call)
        try:
            job = self._jobs.find(job_id, endpoint=call.deployment.endpoint.id)
        except Missing:
            raise _unknown(job_id) from None
        if self._caller(call) not in (None, job.subscription):
            raise _unknown(job_id)
        return job

    def _document(self, job: Job) -> Document:
        now = self._clock.now()
        document = job_document(job, now)
        if job.state == "finished":
            spec = self._jobs.spec(job.id)
            document["Results"] = results_document(spec, self._locator, now)
            if spec.set_aside is not None and job.rows_set_aside:
                place = place_document(spec.set_aside, self._locator, now)
                document["SetAside"] = place
        if job.chunks:
            document["Failures"] = failures_document(self._jobs.failures(job.id))
        return document

    def _own_output(self, extension: str) -> BlobReference:
        """Where a result goes when its caller names no place."""
        guid = UUID(hex=self._chance.hex(16))
        return BlobReference(
            # The embedded endpoint, wherever it listens when the job runs.
            connection_string="UseDevelopmentStorage=true",
            relative_location=f"experimentoutput/{guid}/{guid}{extension}",
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
