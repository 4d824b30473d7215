"""The batch API on the wire: bodies, statuses, refusals, and a whole job through it."""

import base64
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.jobs.bench import Bench, Count, FolderLocator, Measure, texts
from tests.scoring.published import (
    KEYS,
    PEPPER,
    SERVICE,
    EchoFunction,
    answered,
    registry_of,
    request,
)

from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.domain.blob import BlobLocator
from bramka.domain.learning.endpoint import gateway_proof
from bramka.domain.learning.job import JobEvent
from bramka.domain.learning.service import Column, GlobalParameter, ScoringFunction
from bramka.jobs import Worker
from bramka.scoring.batch import Batch
from bramka.scoring.batch_status import log_document
from bramka.scoring.doors import Doors
from bramka.scoring.front import Front
from bramka.testing import FakeChance
from bramka.wire.message import Answer

KEY = base64.b64encode(b"k" * 64).decode()
STRING = f"DefaultEndpointsProtocol=https;AccountName=bramka;AccountKey={KEY}"
INPUT = {"ConnectionString": STRING, "RelativeLocation": "data/a.csv"}
OUTPUT = {"ConnectionString": STRING, "RelativeLocation": "/data/b.csv"}
BODY = {"Inputs": {"input1": INPUT}, "Outputs": {"output1": OUTPUT}}
QUERY = "api-version=2.0"


class Desk:
    """The services process over a bench."""

    def __init__(
        self,
        bench: Bench,
        function: ScoringFunction | None = None,
        locator: BlobLocator | None = None,
    ) -> None:
        self.bench = bench
        self.locator = locator or FolderLocator(bench.blobs)
        batch = Batch(
            bench.jobs,
            self.locator,
            bench.clock,
            FakeChance(),
            ThreadPoolExecutor(1),
            pepper=PEPPER,
        )
        registry = registry_of(function or Measure())
        self.front = Front(batch.routes(Doors(registry, PEPPER)), FakeChance())

    def ask(
        self,
        method: str,
        path: str = "",
        body: object = b"",
        query: str = QUERY,
        fields: Sequence[tuple[bytes, str]] = (),
        **how: Any,
    ) -> Answer:
        asked = request(
            body, path=f"{SERVICE}/jobs{path}", query=query, method=method, **how
        )
        asked.headers.extend((name, value.encode()) for name, value in fields)
        return answered(self.front, asked)

    def submitted(self, body: object = BODY) -> str:
        answer = self.ask("POST", body=body)
        assert answer.status == 200, answer.body
        found: str = json.loads(answer.body)
        return found

    def status(self, job: str) -> Any:
        answer = self.ask("GET", f"/{job}")
        assert answer.status == 200
        return json.loads(answer.body)

    def refusal(self, method: str, path: str = "", body: object = b"") -> list[Any]:
        answer = self.ask(method, path, body)
        error = json.loads(answer.body)["error"]
        assert KEY not in answer.body.decode()
        return [answer.status, error["code"], error["details"][0]["code"]]


@pytest.fixture
def desk(sqlite_bench: Bench) -> Desk:
    return Desk(sqlite_bench)


@pytest.fixture
def strict_desk(sqlite_bench: Bench) -> Desk:
    return with_locator(sqlite_bench)


def with_locator(bench: Bench, function: ScoringFunction | None = None) -> Desk:
    """A desk that reads references as the product does."""
    outside = Frontier(public=False, private=False)
    locator = Locator("http://blobs", {"bramka": KEY}, bench.clock, outside)
    return Desk(bench, function, locator)


def test_submitting_gives_a_bare_quoted_id_and_nothing_behind_it(desk: Desk) -> None:
    answer = desk.ask("POST", body=BODY)
    assert answer.status == 200
    assert len(answer.body) == 34
    assert (answer.body[:1], answer.body[-1:]) == (b'"', b'"')
    int(answer.body[1:-1], 16)


def test_the_life_of_a_job_as_its_caller_sees_it(desk: Desk) -> None:
    bench = desk.bench
    bench.blobs.write("data/a.csv", [texts(20)])
    job = desk.submitted()
    assert desk.status(job)["StatusCode"] == "NotStarted"
    started = desk.ask("POST", f"/{job}/start")
    assert (started.status, started.body) == (204, b"")
    worker = Worker(bench.tools())
    worker.step()
    running = desk.status(job)
    assert (running["StatusCode"], running["Results"]) == ("Running", None)
    assert running["Progress"]["TotalRows"] == 20
    while worker.step():
        bench.clock.advance(1)
    finished = desk.status(job)
    assert finished["StatusCode"] == "Finished"
    assert finished["Details"] is None
    now = bench.clock.now()
    assert finished["Results"] == {
        "output1": {
            "ConnectionString": None,
            "BaseLocation": "http://blobs/",
            "RelativeLocation": "data/b.csv",
            "SasBlobToken": f"?st={now - 300:.0f}&se={now + 86400:.0f}&sig=s",
        }
    }
    assert bench.blobs.read("data/b.csv", 0, 12) == b"text,length\n"
    deleted = desk.ask("DELETE", f"/{job}")
    assert (deleted.status, deleted.body) == (204, b"")
    assert desk.status(job)["StatusCode"] == "Finished"


def test_progress_is_told_in_numbers(bench: Bench) -> None:
    desk = Desk(bench)
    bench.blobs.write("data/a.csv", [texts(50)])
    job = desk.submitted()
    desk.ask("POST", f"/{job}/start")
    worker = Worker(bench.tools())
    for _ in range(4):
        worker.step()
        bench.clock.advance(1.0)
    status = desk.status(job)
    progress = status["Progress"]
    assert (progress["TotalRows"], progress["Chunks"]) == (50, 3)
    assert progress["RowsPerSecond"] == progress["Rows"] / 4
    assert progress["EstimatedEnd"] > status["StartTime"]
    assert (status["Waiting"], status["Failures"]) == (None, [])


def test_a_job_that_is_not_cut_says_so(bench: Bench) -> None:
    desk = Desk(bench, Count())
    for name in ("left", "right"):
        bench.blobs.write(f"data/{name}.csv", [texts(25)])
    inputs = {
        name: {**INPUT, "RelativeLocation": f"data/{name}.csv"}
        for name in ("left", "right")
    }
    job = desk.submitted({**BODY, "Inputs": inputs})
    desk.ask("POST", f"/{job}/start")
    assert desk.status(job)["Progress"]["Unchunked"] is None
    worker = Worker(bench.tools(Count()))
    worker.step()
    reason = "one worker scores all rows at once: the service has 2 inputs"
    assert desk.status(job)["Progress"]["Unchunked"] == reason
    log = json.loads(desk.ask("GET", f"/{job}/log").body)["value"]
    assert log[-1]["Text"] == f"planned: {reason}"
    assert [log[-1][name] for name in ("Kind", "Chunks", "Reason")] == [
        "uncut",
        1,
        reason,
    ]
    while worker.step():
        pass
    assert desk.status(job)["Progress"]["Unchunked"] == reason


def test_jobs_are_listed_by_state_and_time(desk: Desk) -> None:
    first = desk.submitted()
    desk.bench.clock.advance(3600)
    second = desk.submitted()
    desk.ask("DELETE", f"/{first}")

    def listed(query: str) -> list[str]:
        answer = desk.ask("GET", query=f"{QUERY}&{query}")
        return [job["JobId"] for job in json.loads(answer.body)["value"]]

    assert listed("") == [second, first]
    assert listed("state=Cancelled") == [first]
    assert listed("state=registered,failed") == [second]
    assert listed("since=2023-11-14T23:00:00Z") == [second]
    assert listed("until=2023-11-14T23:00:00Z") == [first]
    assert listed("limit=1") == [second]
    assert listed("limit=1&skip=1") == [first]
    assert listed(f"search={first[:20].upper()}") == [first]
    assert listed("subscription=other") == []


@pytest.mark.parametrize(
    "query", ["state=Lost", "since=soon", "limit=0", "limit=x", "skip=-1"]
)
def test_a_query_that_means_nothing_is_refused(desk: Desk, query: str) -> None:
    answer = desk.ask("GET", query=f"{QUERY}&{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in answer.body.decode()


def test_the_log_tells_what_happened(desk: Desk) -> None:
    job = desk.submitted()
    desk.ask("POST", f"/{job}/start")
    desk.ask("DELETE", f"/{job}")
    answer = desk.ask("GET", f"/{job}/log")
    lines = json.loads(answer.body)["value"]
    assert [line["Text"] for line in lines] == [
        "registered",
        "started: queued",
        "cancelled",
    ]
    assert [line["Kind"] for line in lines] == ["submitted", "queued", "cancelled"]


def test_a_line_of_an_older_version_has_its_sentence_only() -> None:
    [line] = log_document([JobEvent(at=0.0, text="registered")])
    assert (line["Text"], line["Kind"]) == ("registered", None)


def test_only_a_failed_job_is_tried_again(desk: Desk) -> None:
    job = desk.submitted()
    wrong = [400, "InvalidOperation", "CannotRetryJob"]
    assert desk.refusal("POST", f"/{job}/retry") == wrong
    desk.ask("POST", f"/{job}/start")
    worker = Worker(desk.bench.tools())
    while worker.step():
        pass
    assert desk.status(job)["StatusCode"] == "Failed"  # There is no such blob.
    desk.bench.blobs.write("data/a.csv", [b"text\nfine\n"])
    assert desk.ask("POST", f"/{job}/retry").status == 204
    while worker.step():
        pass
    assert desk.status(job)["StatusCode"] == "Finished"
    assert desk.refusal("POST", f"/{job}/retry") == wrong


def test_rows_set_aside_are_told(desk: Desk) -> None:
    desk.bench.blobs.write("data/a.csv", [b"text\nfine\nbad\n"])
    job = desk.submitted({**BODY, "FailingRows": "SetAside"})
    desk.ask("POST", f"/{job}/start")
    worker = Worker(desk.bench.tools())
    while worker.step():
        pass
    status = desk.status(job)
    assert status["StatusCode"] == "Finished"
    assert status["Progress"]["RowsSetAside"] == 1
    assert status["SetAside"]["RelativeLocation"].endswith(".csv")


def test_only_our_gateway_says_whose_call_it_is(desk: Desk) -> None:
    endpoint = SERVICE.rpartition("/")[2]
    proof = gateway_proof(PEPPER, endpoint)
    for shown in (proof, "0" * 64, ""):
        fields = [(b"x-bramka-gateway", shown), (b"x-bramka-subscription", "sub-1")]
        assert desk.ask("POST", body=BODY, fields=fields).status == 200
    found = [job.subscription for job in desk.bench.jobs.newest()[0]]
    assert sorted(found) == ["", "", "sub-1"]


def test_the_old_form_with_one_input_works_too(desk: Desk) -> None:
    job = desk.submitted({"Input": INPUT, "GlobalParameters": None})
    spec = desk.bench.jobs.spec(job)
    assert spec.inputs["input1"].relative_location == "data/a.csv"


def test_without_outputs_results_go_to_our_own_storage(strict_desk: Desk) -> None:
    job = strict_desk.submitted({"Inputs": {"input1": INPUT}, "Outputs": None})
    place = strict_desk.bench.jobs.spec(job).outputs["output1"]
    container, folder, name = (place.relative_location or "").split("/")
    assert container == "experimentoutput"
    assert name == f"{folder}.csv"
    signed = strict_desk.locator.sign(place, now=0, seconds=60)
    assert signed.base_location == "http://blobs/bramka/"


def test_starting_twice_is_refused_with_the_state(desk: Desk) -> None:
    job = desk.submitted()
    desk.ask("POST", f"/{job}/start")
    answer = desk.ask("POST", f"/{job}/start")
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"]) == (400, "InvalidOperation")
    assert error["details"][0]["code"] == "CannotStartJob"
    assert error["details"][0]["message"] == (
        "The job cannot be started because it is in Queued state."
    )


def test_a_deleted_job_is_cancelled_and_cannot_start(desk: Desk) -> None:
    job = desk.submitted()
    assert desk.ask("DELETE", f"/{job}").status == 204
    assert desk.status(job)["StatusCode"] == "Cancelled"
    assert desk.ask("DELETE", f"/{job}").status == 204
    assert desk.refusal("POST", f"/{job}/start")[2] == "CannotStartJob"


@pytest.mark.parametrize("job", ["f" * 32, "no-id"])
def test_an_unknown_job_is_not_found(desk: Desk, job: str) -> None:
    unknown = [404, "NotFound", "JobNotFound"]
    assert desk.refusal("GET", f"/{job}") == unknown
    assert desk.refusal("DELETE", f"/{job}") == unknown
    assert desk.refusal("POST", f"/{job}/start") == unknown


def test_a_job_needs_the_key_of_its_service(desk: Desk) -> None:
    assert desk.ask("POST", body=BODY, authorization="Bearer no").status == 401
    lower = f"bearer   {KEYS.secondary}"
    assert desk.ask("POST", body=BODY, authorization=lower).status == 200


def changed(**fields: object) -> dict[str, object]:
    return {**BODY, **fields}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "RequestBodyInvalid"),
        (b"{", "RequestBodyInvalid"),
        ([], "RequestBodyInvalid"),
        ({"Inputs": 3}, "RequestBodyInvalid"),
        ({"Inputs": {"input1": "x"}}, "RequestBodyInvalid"),
        ({"Inputs": {"input1": {**INPUT, "BaseLocation": 1}}}, "RequestBodyInvalid"),
        (changed(Input=INPUT), "DuplicateInputInBatchCall"),
        ({}, "BatchJobInputsNotSpecified"),
        ({"Inputs": {}}, "BatchJobInputsNotSpecified"),
        (
            {"Inputs": {"input1": INPUT, "input2": INPUT}},
            "BatchJobInputsTooManySpecified",
        ),
        ({"Inputs": {"Input1": INPUT}}, "InvalidInputNames"),
        ({"Inputs": {"input1": {}}}, "MissingInputBlobInformation"),
        ({"Inputs": {"input1": None}}, "MissingInputBlobInformation"),
        (
            {"Inputs": {"input1": {"RelativeLocation": "data/a.csv"}}},
            "MissingInputBlobInformation",
        ),
        (
            {"Input": {"ConnectionString": "x", "RelativeLocation": "data/a.csv"}},
            "InvalidBlobConnectionString",
        ),
        (
            {"Input": {"ConnectionString": STRING + "AAAA", "RelativeLocation": "a/b"}},
            "InvalidBlobConnectionString",
        ),
        (
            {"Input": {"ConnectionString": STRING, "RelativeLocation": "data/a.xls"}},
            "InvalidBlobExtension",
        ),
        (changed(Outputs={"output9": OUTPUT}), "InvalidOutputOverrideName"),
        (changed(Outputs={"output1": {}}), "MissingOutputOverrideSpecification"),
        (
            changed(Outputs={"output1": {**OUTPUT, "RelativeLocation": "data/b"}}),
            "InvalidBlobExtension",
        ),
    ],
)
def test_a_bad_submission_is_refused(
    strict_desk: Desk, body: object, code: str
) -> None:
    assert strict_desk.refusal("POST", body=body) == [400, "BadArgument", code]
    assert strict_desk.bench.jobs.newest() == ([], 0)


def test_one_input_for_a_service_of_two_is_refused(sqlite_bench: Bench) -> None:
    desk = with_locator(sqlite_bench, Count())
    assert desk.refusal("POST", body={"Input": INPUT})[2] == (
        "BatchJobInputsNotSpecified"
    )


def test_parameters_are_checked_when_submitting(sqlite_bench: Bench) -> None:
    declared = GlobalParameter(name="size", type="Int", minimum=1, maximum=31)
    echo = EchoFunction((Column(name="text"),), parameters=(declared,))
    desk = with_locator(sqlite_bench, echo)
    assert desk.refusal("POST", body=BODY)[2] == "MissingRequiredGlobalParameters"
    body = changed(GlobalParameters={"size": "99"})
    assert desk.refusal("POST", body=body)[2] == "BadParameterValue"
    job = desk.submitted(changed(GlobalParameters={"size": "3"}))
    assert sqlite_bench.jobs.spec(job).parameters == {"size": 3}
