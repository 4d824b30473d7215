"""Calls of endpoints that trace: which, what of them, where, and for how long."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scoring.published import (
    ARTICLE,
    KEYS,
    PEPPER,
    SERVICE,
    EchoFunction,
    answered,
    endpoint,
    registry_of,
    request,
)

from bramka.blobs.folder_store import FolderBlobs
from bramka.domain.blob import BlobReference
from bramka.domain.errors import BramkaError, Unavailable
from bramka.domain.learning.service import Column
from bramka.scoring.admission import DevelopmentStorage
from bramka.scoring.diagnostics import CONTAINER, Diagnostics
from bramka.scoring.doors import Doors
from bramka.scoring.execute import Execute
from bramka.scoring.front import Front
from bramka.scoring.site import service_routes
from bramka.scoring.traced import shown
from bramka.testing import FakeChance, FakeClock

TEXT = (Column(name="Col2"),)
BAD = {"Inputs": {"input1": 7}}


class Traced:
    """A service, and a folder of blobs that its traced calls go to."""

    def __init__(self, folder: Any, level: str, **sizes: int) -> None:
        self.clock = FakeClock()
        self.store = FolderBlobs(folder, FakeChance())
        self.away = False
        self.diagnostics = Diagnostics(self.open, self.clock, FakeChance(), **sizes)
        registry = registry_of(EchoFunction(TEXT), trace_level=level)
        execute = Execute(self.clock, None, trace=self.diagnostics.note)  # type: ignore[arg-type]  # short calls take no thread
        doors = Doors(registry, PEPPER)
        self.front = Front(service_routes(doors, registry, execute, ""), FakeChance())

    def open(self) -> FolderBlobs:
        if self.away:
            raise Unavailable("The blob endpoint is away.")
        return self.store

    def call(self, body: object = ARTICLE) -> str:
        """The id that the caller is told."""
        answer = answered(self.front, request(body))
        return dict(answer.headers)[b"x-ms-request-id"].decode()

    def lines(self) -> list[Any]:
        self.diagnostics.flush()
        return [
            json.loads(line)
            for name in self.store.names("")
            for line in self.store.read(name, 0, 1 << 20).splitlines()
        ]


@pytest.mark.parametrize(
    ("level", "statuses"), [("None", []), ("Error", [400]), ("All", [200, 400])]
)
def test_the_level_says_which_calls_are_kept(
    tmp_path: Any, level: str, statuses: list[int]
) -> None:
    traced = Traced(tmp_path, level)
    traced.call()
    traced.call(BAD)
    assert [each["Status"] for each in traced.lines()] == statuses


def test_a_line_tells_request_answer_and_time_but_no_key(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "All")
    call_id = traced.call()
    [line] = traced.lines()
    assert line["RequestId"] == call_id
    assert line["Request"] == ARTICLE
    assert line["Response"]["Results"]["output1"]["value"]["Values"] == [
        ["This is a good day"]
    ]
    assert (line["Path"], line["Endpoint"]) == (f"{SERVICE}/execute", "default")
    assert (line["Code"], line["ElapsedMilliseconds"]) == ("", 0.0)
    assert KEYS.primary not in json.dumps(line)


def test_a_refusal_is_kept_as_the_caller_saw_it(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "Error")
    traced.call(BAD)
    [line] = traced.lines()
    assert line["Code"] == "BadUserArgument"
    assert line["Response"]["error"]["details"][0]["code"] == "InputParseError"


def test_calls_lie_by_workspace_service_endpoint_and_day(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "All")
    traced.call()
    traced.lines()
    [name] = traced.store.names("")
    place = f"{'a' * 32}-{'5' * 32}-default/score/requests"
    assert name.startswith(f"{place}/2023-11-14/221320-")
    assert name.endswith(".jsonl")


def test_a_blob_grows_until_it_is_full_or_the_hour_ends(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "All", full_bytes=1000)
    for _ in range(3):
        traced.call()
        traced.lines()
    assert len(list(traced.store.names(""))) == 2
    traced.clock.advance(3600)
    traced.call()
    assert len(traced.lines()) == 4
    assert len(list(traced.store.names(""))) == 3


def test_while_the_store_is_away_calls_wait(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "All")
    traced.away = True
    traced.call()
    with pytest.raises(Unavailable):
        traced.diagnostics.flush()
    traced.away = False
    assert len(traced.lines()) == 1


def test_more_than_fits_into_memory_is_lost(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "All", most_waiting=3000)
    for _ in range(9):
        traced.call()
    assert len(traced.lines()) == 2


def test_traces_of_earlier_days_go(tmp_path: Any) -> None:
    traced = Traced(tmp_path, "All")
    traced.call()
    traced.lines()
    traced.clock.advance(3 * 86_400)
    assert traced.diagnostics.forget(3) == 0
    traced.clock.advance(86_400)
    traced.call()
    traced.diagnostics.flush()
    assert traced.diagnostics.forget(3) == 1
    assert len(list(traced.store.names(""))) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"password": "a", "x": ["b"]}, {"password": "***", "x": ["b"]}),
        ({"Account Key": None}, {"Account Key": None}),
        (
            {"ColumnNames": ["a", "apiKey"], "Values": [["1", "s"], [2, "t"]]},
            {"ColumnNames": ["a", "apiKey"], "Values": [["1", "***"], [2, "***"]]},
        ),
        (
            ["AccountName=x;AccountKey=c2VjcmV0;Other=y", "Bearer abc"],
            ["AccountName=x;AccountKey=***;Other=y", "Bearer ***"],
        ),
        (["https://h/b?sv=1&sig=abc%3D&se=2"], ["https://h/b?sv=1&sig=***&se=2"]),
        (["a monkey", {"key": "house"}], ["a monkey", {"key": "house"}]),
    ],
)
def test_what_looks_like_a_secret_is_masked(given: object, kept: object) -> None:
    assert shown(json.dumps(given).encode()) == kept


@given(st.binary(max_size=200))
def test_any_body_can_be_shown(body: bytes) -> None:
    json.dumps(shown(body))


def test_what_is_long_or_no_json_is_told_by_its_length_only() -> None:
    assert shown(b'"' + b"x" * 70_000 + b'"') is None
    assert shown(b"password: secret") is None


def test_nobody_reads_traces_with_the_development_storage() -> None:
    reference = BlobReference(
        connection_string="UseDevelopmentStorage=true",
        relative_location=f"{CONTAINER}/{endpoint().workspace_id}/x.jsonl",
    )
    with pytest.raises(BramkaError):
        DevelopmentStorage.of("*").check(reference, writing=False)
