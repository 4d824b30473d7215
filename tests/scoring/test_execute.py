"""Synchronous calls: address forms, both formats, answers, limits."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.scoring.published import (
    ARTICLE,
    KEYS,
    SERVICE,
    TYPED,
    EchoFunction,
    HashingFunction,
    RefusingFunction,
    answer_to,
    error_of,
    front_of,
    request,
    script_failed,
)

from bramka.domain.learning.service import Column, GlobalParameter
from bramka.domain.learning.small_table import SmallTable
from bramka.domain.learning.table import Table
from bramka.scoring.front import Front
from bramka.testing import FakeClock
from bramka.wire.message import Answer, Request

SCORED = ["This is a good day", "1", "1", "2", "2", "0", "2", "0", "1"]
OBJECTS = {"Inputs": {"input1": [{"Col2": "This is a good day"}]}}


def table(columns: list[str], *rows: Sequence[object]) -> dict[str, object]:
    return {"Inputs": {"input1": {"ColumnNames": columns, "Values": list(rows)}}}


@pytest.mark.parametrize("query", ["api-version=2.0", "api-version=2.0&details=false"])
def test_without_details_only_values_come(query: str) -> None:
    assert answer_to(query=query) == {
        "Results": {"output1": {"type": "table", "value": {"Values": [SCORED]}}}
    }


@pytest.mark.parametrize(
    "query",
    [
        "api-version=2.0&details=true",
        "details=true&api-version=2.0",
        "Details=True&API-version=2.0",
        "details=1&api-version=2.0&other=thing",
    ],
)
def test_with_details_names_and_types_come_too(query: str) -> None:
    value = answer_to(query=query)["Results"]["output1"]["value"]
    assert list(value) == ["ColumnNames", "ColumnTypes", "Values"]
    assert value["ColumnNames"][:2] == ["Col2", "Col2_HashingFeature.0"]
    assert value["ColumnTypes"] == ["String"] + ["Int32"] * 8


@pytest.mark.parametrize(
    "query",
    [
        "api-version=2.0&format=swagger",
        "api-version=2.0&details=true&format=swagger",
        "format=swagger&details=true&api-version=2.0",
    ],
)
@pytest.mark.parametrize("body", [ARTICLE, OBJECTS])
def test_the_swagger_format_answers_in_objects(body: object, query: str) -> None:
    (row,) = answer_to(body, query=query)["Results"]["output1"]
    assert list(row.values()) == SCORED
    assert next(iter(row)) == "Col2"


def test_objects_are_taken_without_the_swagger_format_too() -> None:
    value = answer_to(OBJECTS)["Results"]["output1"]["value"]
    assert value["Values"] == [SCORED]


@pytest.mark.parametrize(
    "authorization",
    [
        f"Bearer {KEYS.primary}",
        f"Bearer {KEYS.secondary}",
        f"bearer {KEYS.primary}",
        f"BEARER    {KEYS.primary}  ",
    ],
)
def test_both_keys_open_in_any_spelling_of_bearer(authorization: str) -> None:
    assert answer_to(authorization=authorization)


@pytest.mark.parametrize("path", [SERVICE.upper(), SERVICE])
@pytest.mark.parametrize("tail", ["/execute", "/Execute", "/score"])
def test_the_address_is_taken_in_any_case(path: str, tail: str) -> None:
    path = path.replace("WORKSPACES", "workspaces").replace("SERVICES", "services")
    assert answer_to(path=path + tail)


def test_rows_come_back_in_their_order() -> None:
    rows = [[f"text {n}"] for n in range(500)]
    value = answer_to(table(["Col2"], *rows))["Results"]["output1"]["value"]
    assert [row[0] for row in value["Values"]] == [row[0] for row in rows]


def test_no_rows_are_no_rows() -> None:
    assert answer_to(table(["Col2"]))["Results"]["output1"]["value"]["Values"] == []
    assert answer_to({"Inputs": {"input1": []}}, query="api-version=2.0")


def typed(*rows: list[object]) -> list[list[str | None]]:
    names = [column.name for column in TYPED]
    answer = answer_to(table(names, *rows), front_of(EchoFunction(TYPED)))
    values: list[list[str | None]] = answer["Results"]["output1"]["value"]["Values"]
    return values


def test_numbers_may_come_as_text_and_as_numbers() -> None:
    day = "5/30/2010 6:09:00 PM"
    expected = ["7", "29.5", "True", day, "29.5"]
    assert typed(["7", "29.5", "true", day, "29.5"]) == [expected]
    assert typed([7, 29.5, True, "2010-05-30T18:09:00", 29.5]) == [expected]


def test_a_missing_cell_is_null_empty_or_na() -> None:
    missing = [None, None, None, None]
    assert typed(
        [None, None, None, None, None],
        ["", "", "", "", ""],
        ["NA", "NA", "NA", "NA", "NA"],
    ) == [[*missing, None], [*missing, ""], [*missing, "NA"]]


def test_number_text_is_that_of_dotnet() -> None:
    reals = [1, 1.0, 1e-5, 1.5e16, 100749.893789066, 0.1 + 0.2, -0.0, "Infinity", "NaN"]
    assert [row[1] for row in typed(*([1, real, True, "", ""] for real in reals))] == [
        "1",
        "1",
        "1E-05",
        "1.5E+16",
        "100749.893789066",
        "0.3",
        "0",
        "Infinity",
        "NaN",
    ]


def test_r_may_leave_cells_out_of_objects_and_send_sixteen_digits() -> None:
    front = front_of(EchoFunction(TYPED))
    body = {"Inputs": {"input1": [{"real": 0.1234567890123456}, {"whole": 3.0}]}}
    rows = answer_to(body, front, query="api-version=2.0&format=swagger")
    assert rows["Results"]["output1"] == [
        {
            "whole": None,
            "real": "0.123456789012346",
            "flag": None,
            "day": None,
            "text": None,
        },
        {"whole": "3", "real": None, "flag": None, "day": None, "text": None},
    ]


def test_columns_are_matched_by_name() -> None:
    front = front_of(EchoFunction((Column(name="a"), Column(name="b"))))
    value = answer_to(table(["b", "a"], ["2", "1"]), front)["Results"]["output1"]
    assert value["value"]["ColumnNames"] == ["a", "b"]
    assert value["value"]["Values"] == [["1", "2"]]


def test_several_inputs_and_outputs_go_by_name() -> None:
    front = front_of(EchoFunction((Column(name="a"),), (Column(name="b"),)))
    body = {"Inputs": {"input2": [{"b": "2"}], "input1": [{"a": "1"}]}}
    results = answer_to(body, front, query="api-version=2.0&format=swagger")["Results"]
    assert results == {"output1": [{"a": "1"}], "output2": [{"b": "2"}]}


def test_a_service_without_inputs_takes_none() -> None:
    assert answer_to({"Inputs": {}}, front_of(EchoFunction())) == {"Results": {}}
    assert answer_to({"GlobalParameters": None}, front_of(EchoFunction()))
    assert answer_to({"GlobalParameters": []}, front_of(EchoFunction()))


def test_a_byte_order_mark_is_no_harm() -> None:
    assert answer_to(b"\xef\xbb\xbf" + json.dumps(ARTICLE).encode())


PARAMETERS = (
    GlobalParameter(name="bits", type="Int", minimum=1, maximum=31),
    GlobalParameter(name="rate", type="Double", default=0.5, has_default=True),
    GlobalParameter(
        name="mode",
        type="Enumerated",
        values=("fast", "slow"),
        default="fast",
        has_default=True,
    ),
    GlobalParameter(name="deep", type="Bool", default=False, has_default=True),
    GlobalParameter(name="note", default=None, has_default=True),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"bits": 3}, (3, 0.5, "fast", False, None)),
        ({"bits": "10", "rate": "1e-3"}, (10, 0.001, "fast", False, None)),
        ({"bits": 3.0, "mode": "slow"}, (3, 0.5, "slow", False, None)),
        ({"bits": 31, "deep": "True", "note": "hm"}, (31, 0.5, "fast", True, "hm")),
        ({"bits": 31, "rate": None}, (31, 0.5, "fast", False, None)),
    ],
)
def test_parameters_reach_the_function_typed_and_complete(
    given: dict[str, object], expected: tuple[object, ...]
) -> None:
    function = EchoFunction(parameters=PARAMETERS)
    answer_to({"GlobalParameters": given}, front_of(function))
    assert tuple(function.parameters[0].values()) == expected


class SmallHashing(HashingFunction):
    """Notes which way it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.small: list[int] = []

    def score_small(
        self, inputs: Mapping[str, SmallTable], parameters: Mapping[str, Any]
    ) -> Mapping[str, SmallTable]:
        self.small.append(inputs["input1"].height)
        return {"output1": inputs["input1"]}


def test_few_rows_take_the_way_without_frames() -> None:
    function = SmallHashing()
    front = front_of(function)
    assert function.small == [1], "it is warmed before anybody calls"
    answer_to(front=front)
    answer_to(table(["Col2"], *(["x"] for _ in range(65))), front)
    assert function.small == [1, 1]


def test_a_long_body_is_scored_in_a_thread() -> None:
    threads: list[str] = []

    class Noting(HashingFunction):
        def score(
            self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
        ) -> Mapping[str, Table]:
            threads.append(threading.current_thread().name)
            return super().score(inputs, parameters)

    with ThreadPoolExecutor(1, thread_name_prefix="score") as pool:
        front = front_of(Noting(), threads=pool)
        answer_to(front=front)
        answer_to(table(["Col2"], ["x" * 9000]), front)
    assert threads == [threading.current_thread().name, "score_0"]


class Timed(HashingFunction):
    """Takes as long as it is told, by a clock that only it moves."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.seconds = 0.0

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        self.clock.advance(self.seconds)
        return super().score(inputs, parameters)


def calls_until(front: Front, *, inline: bool) -> int:
    """How many calls are answered before one is answered in the wanted way."""
    for count in range(100):
        outcome = front(request())
        if isinstance(outcome, Answer) == inline:
            if not isinstance(outcome, Answer):
                asyncio.run(waited(outcome))
            return count
        if not isinstance(outcome, Answer):
            asyncio.run(waited(outcome))
    raise AssertionError("never")


async def waited(outcome: Awaitable[Answer]) -> Answer:
    return await outcome


def test_one_pause_of_the_machine_is_forgotten_with_the_next_call() -> None:
    function = Timed()
    front = front_of(function, clock=function.clock)
    function.seconds = 0.2
    assert at_once(front, request()).status == 200
    function.seconds = 0.0001
    assert calls_until(front, inline=True) == 1


def test_an_endpoint_that_takes_very_long_moves_to_threads_at_once() -> None:
    function = Timed()
    front = front_of(function, clock=function.clock)
    function.seconds = 0.2
    assert calls_until(front, inline=False) == 1


def test_one_that_takes_long_moves_when_that_is_its_habit_and_back() -> None:
    function = Timed()
    front = front_of(function, clock=function.clock)
    function.seconds = 0.02
    assert 10 < calls_until(front, inline=False) < 30
    function.seconds = 0.0001
    assert calls_until(front, inline=True) < 10


def test_a_pause_of_the_machine_is_not_a_habit() -> None:
    function = Timed()
    front = front_of(function, clock=function.clock)
    for seconds in (0.0001, 0.09, 0.0001, 0.09, 0.0001):
        function.seconds = seconds
        assert at_once(front, request()).status == 200


def at_once(front: Front, asked: Request) -> Answer:
    outcome = front(asked)
    assert isinstance(outcome, Answer), "scored in a thread"
    return outcome


async def wait_for(front: Front, asked: Request) -> Answer:
    outcome = front(asked)
    assert not isinstance(outcome, Answer), "scored on the event loop"
    return await outcome


class Waiting(HashingFunction):
    """Scores when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        self.go_on.wait(90)
        return super().score(inputs, parameters)


LONG = table(["Col2"], ["x" * 9000])


async def test_more_calls_at_once_than_allowed_are_throttled() -> None:
    function = Waiting()
    with ThreadPoolExecutor(4) as pool:
        front = front_of(function, threads=pool, max_concurrent_calls=3)
        waiting = [asyncio.create_task(wait_for(front, request(LONG))) for _ in "123"]
        await asyncio.sleep(0)
        refused = at_once(front, request())
        function.go_on.set()
        assert [answer.status for answer in await asyncio.gather(*waiting)] == [200] * 3
        assert at_once(front, request()).status == 200
    assert refused.status == 503
    error = json.loads(refused.body)["error"]
    assert error["code"] == "ServiceUnavailable"
    assert error["details"][0]["code"] == "RequestThrottled"
    assert error["details"][0]["message"] == (
        "Request was throttled for default endpoint. The maximum concurrency for the "
        "endpoint is 3."
    )


async def test_a_call_that_takes_too_long_is_told_so_and_keeps_its_place() -> None:
    function = Waiting()
    with ThreadPoolExecutor(1) as pool:
        front = front_of(
            function, threads=pool, longest_seconds=0.01, max_concurrent_calls=1
        )
        late = await wait_for(front, request(LONG))
        throttled = at_once(front, request())
        function.go_on.set()
    await asyncio.sleep(0.05)
    assert late.status == 408
    assert b"ScoreRequestTimeout" in late.body
    assert throttled.status == 503
    assert at_once(front, request()).status == 200


def test_a_module_that_refuses_is_named_with_its_number() -> None:
    assert error_of(front=front_of(RefusingFunction(script_failed()))) == (
        400,
        "ModuleExecutionError",
        "85",
        "Error 0085: The script failed.",
    )


def test_a_library_that_fails_is_not_our_failure() -> None:
    failing = front_of(RefusingFunction(ZeroDivisionError("division by zero")))
    assert error_of(front=failing) == (
        400,
        "LibraryExecutionError",
        "ZeroDivisionError",
        "Error 1000: library exception: division by zero",
    )


def test_a_model_without_memory_is_told_so() -> None:
    status, code, detail, _ = error_of(front=front_of(RefusingFunction(MemoryError())))
    assert (status, code, detail) == (413, "MemoryQuotaViolation", "OutOfMemoryLimit")


def test_a_service_answers_at_the_address_of_the_newer_services_too() -> None:
    front = front_of()
    path = f"/subscriptions/{'0' * 32}/services/{'e' * 32}/execute"
    query = "api-version=2.0&format=swagger"
    (row,) = answer_to(front=front, path=path, query=query)["Results"]["output1"]
    assert list(row.values()) == SCORED
    assert error_of(front=front, path=path, authorization="Bearer x")[0] == 401
    other = path.replace("e" * 32, "f" * 32)
    assert error_of(front=front, path=other)[2] == "WebServiceNotFound"
