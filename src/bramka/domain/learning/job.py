"""A batch job and its chunks: what they hold, and their lives as tables.

A chunk is a stretch of the input that one worker scores by itself. Whoever works holds
a lease with a fence number; work is accepted only under the newest fence.
"""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from msgspec import Struct

from bramka.domain.blob import BlobReference
from bramka.domain.errors import IllegalStep

JobState = Literal[
    "registered",
    "queued",
    "planning",
    "running",
    "publishing",
    "finished",
    "failed",
    "cancelled",
]
JobVerb = Literal[
    "start", "plan", "cut", "publish", "finish", "fail", "cancel", "retry"
]
JOB_LIFE: Mapping[JobState, Mapping[JobVerb, JobState]] = {
    "registered": {"start": "queued", "cancel": "cancelled"},
    "queued": {"plan": "planning", "cancel": "cancelled"},
    # A worker that died is followed by another: the step leads to the same state.
    "planning": {
        "plan": "planning",
        "cut": "running",
        "fail": "failed",
        "cancel": "cancelled",
    },
    "running": {"publish": "publishing", "fail": "failed", "cancel": "cancelled"},
    "publishing": {
        "publish": "publishing",
        "finish": "finished",
        "fail": "failed",
        "cancel": "cancelled",
    },
    "finished": {},
    "failed": {"retry": "queued"},
    "cancelled": {},
}

ChunkState = Literal["waiting", "running", "done", "failed"]
ChunkVerb = Literal["claim", "release", "finish", "fail"]
CHUNK_LIFE: Mapping[ChunkState, Mapping[ChunkVerb, ChunkState]] = {
    "waiting": {"claim": "running"},
    "running": {
        "claim": "running",
        "release": "waiting",
        "finish": "done",
        "fail": "failed",
    },
    "done": {},
    "failed": {},
}

StatusCode = Literal["NotStarted", "Running", "Failed", "Cancelled", "Finished"]
STATUS: Mapping[JobState, StatusCode] = {
    "registered": "NotStarted",
    "queued": "NotStarted",
    "planning": "Running",
    "running": "Running",
    "publishing": "Running",
    "finished": "Finished",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
"""What callers of the batch API see of each state."""

ACTIVE: tuple[JobState, ...] = ("planning", "running", "publishing")
ENDED: tuple[JobState, ...] = ("finished", "failed", "cancelled")


def step(state: JobState, verb: JobVerb) -> JobState:
    """The state after `verb`, or IllegalStep naming what is possible instead."""
    after = JOB_LIFE[state].get(verb)
    if after is None:
        possible = ", ".join(JOB_LIFE[state]) or "nothing"
        message = f"A job that is {state} cannot {verb}; it can {possible}."
        raise IllegalStep(message, target="state")
    return after


def jobs_that_can(verb: JobVerb) -> tuple[JobState, ...]:
    """The states from which a job can take this step."""
    return tuple(state for state, verbs in JOB_LIFE.items() if verb in verbs)


class JobSpec(Struct, frozen=True, kw_only=True):
    """What a job was asked to do; holds secrets, so it is stored encrypted."""

    inputs: dict[str, BlobReference]
    outputs: dict[str, BlobReference]
    """Every output of the service: where the caller or we ourselves put it."""
    parameters: dict[str, Any] = {}
    own: tuple[str, ...] = ()
    """Outputs that lie in our own storage because the caller named no place."""
    set_aside: BlobReference | None = None
    """Where rows that fail are listed; without it the first one fails the job."""


class Piece(Struct, frozen=True, kw_only=True, array_like=True):
    """One chunk as planned: bytes `start` to `stop` of the only input.

    Of a Parquet file it is the row groups `start` to `stop`, or some rows of one.
    `stop` is None for a chunk that takes all inputs whole.
    """

    number: int
    start: int
    stop: int | None
    first_row: int
    """How many rows of the file lie before this chunk."""
    rows: int | None


class Plan(Struct, frozen=True, kw_only=True):
    """How a job is cut: the header line of the input, and the chunks in order."""

    header: bytes
    pieces: tuple[Piece, ...]
    versions: dict[str, str] = {}
    """The version of each input that was cut: no other one may be scored."""

    @property
    def uncut(self) -> str | None:
        """Why one worker scores all rows; None for a plan that may have more chunks."""
        whole = any(piece.stop is None for piece in self.pieces)
        return why_uncut(len(self.versions)) if whole else None


def why_uncut(inputs: int) -> str:
    """In words for callers, of a job whose rows are scored all at once."""
    if inputs == 1:
        return "one worker scores all rows at once: the service needs its whole table"
    if inputs:
        return f"one worker scores all rows at once: the service has {inputs} inputs"
    return "one worker does it at once: the service has no input"


class Lease(Struct, frozen=True):
    """The right to work on a chunk, or on the job itself when `number` is None."""

    job: str
    number: int | None
    fence: int


class Task(Struct, frozen=True, kw_only=True):
    """What a worker is to do next, and the lease under which it does it."""

    kind: Literal["plan", "chunk", "publish"]
    lease: Lease
    package: str
    spec: JobSpec
    attempt: int
    """1 for the first worker that tries, 2 for the one after it died, …"""
    wait: int = 0
    """How often it was put off because a store or the network was away."""
    header: bytes = b""
    versions: dict[str, str] = {}
    piece: Piece | None = None


class Job(Struct, frozen=True, kw_only=True):
    """A job as its caller and its operator see it."""

    id: str
    workspace: str
    endpoint: str
    package: str
    subscription: str = ""
    """Whose call submitted it, if it came through a gateway that says so."""
    state: JobState
    created: float
    started: float | None = None
    began: float | None = None
    """When a worker took it up."""
    ended: float | None = None
    details: str | None = None
    """Why it failed."""
    waiting: str | None = None
    """What it waits for although it is its turn."""
    uncut: str | None = None
    """Why it was not cut into chunks, if it was not."""
    chunks: int = 0
    chunks_done: int = 0
    rows: int | None = None
    """None as long as nobody has counted them."""
    rows_done: int = 0
    rows_set_aside: int = 0

    @property
    def status(self) -> StatusCode:
        return STATUS[self.state]

    def pace(self, now: float) -> float | None:
        """Rows per second so far; None before the first chunk is done."""
        if self.began is None or not self.rows_done:
            return None
        seconds = (now if self.ended is None else self.ended) - self.began
        return self.rows_done / seconds if seconds > 0 else None

    def expected_end(self, now: float) -> float | None:
        """When the job should end at this pace; None if nobody can tell."""
        pace = self.pace(now)
        if pace is None or self.rows is None or self.ended is not None:
            return None
        return now + (self.rows - self.rows_done) / pace


class ChunkFailure(Struct, frozen=True, kw_only=True):
    """A chunk that was tried in vain, or waits for a store."""

    chunk: int
    first_row: int
    rows: int | None
    attempts: int
    waits: int
    reason: str


EventKind = Literal[
    "submitted",
    "queued",
    "cut",
    "uncut",
    "waits",
    "published",
    "cancelled",
    "again",
    "failed",
]


class Happening(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a line of a log tells, for programs."""

    kind: EventKind
    chunks: int | None = None
    """Into so many a job was cut."""
    chunk: int | None = None
    """The one that waits; None for the whole job."""
    seconds: float | None = None
    """How long something waits."""
    reason: str | None = None
    """Why, in words."""


class JobEvent(Struct, frozen=True, kw_only=True):
    """One line of a job's log."""

    at: float
    text: str
    """For people."""
    told: Happening | None = None
    """None in lines that an older version wrote."""


SET_ASIDE = "~set-aside"
"""The part of a chunk that lists the rows which failed."""


def part_name(job: str, output: str, number: int, fence: int) -> str:
    """Where the result of one chunk lies until the job is published.

    The fence is part of the name, so that two owners never write the same part.
    """
    return f"{job}/{quote(output, safe='')}/{number:06}.{fence}"
