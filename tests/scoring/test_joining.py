"""Calls that arrive together: one table, each caller's own answer, to the bit."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from tests.scoring.published import (
    SERVICE,
    EchoFunction,
    answered,
    endpoint,
    front_of,
    request,
)

from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Column, GlobalParameter
from bramka.domain.learning.table import Table
from bramka.scoring.batching import batches_of
from bramka.scoring.front import Front
from bramka.wire.message import Answer, Request

NUMBERS = (Column(name="a", type="Double"),)


class Roots(EchoFunction):
    """Gives square roots, refuses what is negative, and remembers how it was asked."""

    together = waits = True

    def __init__(self, *, held: bool = False, wide: bool = True) -> None:
        parameter = GlobalParameter(name="p", type="Int", default=0, has_default=True)
        super().__init__(NUMBERS, parameters=(parameter,))
        self.heights: list[int] = []
        self.wide = wide
        self.free = Event()
        if not held:
            self.free.set()

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        assert self.free.wait(90)
        super().score(inputs, parameters)
        frame = inputs["input1"].frame
        self.heights.append(frame.height)
        if (frame["a"] < 0).any():
            raise ModuleError(85, "A root of less than nothing.", module="Roots")
        if frame.height > 1 and not self.wide:
            raise MemoryError
        return {"output1": Table(frame.select(pl.col("a").sqrt()), NUMBERS)}


def asked(*numbers: float, parameter: int = 0) -> Request:
    table = {"ColumnNames": ["a"], "Values": [[number] for number in numbers]}
    body = {"Inputs": {"input1": table}, "GlobalParameters": {"p": parameter}}
    return request(body, query="api-version=2.0")


def all_answers(front: Front, *requests: Request) -> list[Answer]:
    """The answers to calls that arrive in one turn of the loop."""

    async def wait(outcome: Any) -> Answer:
        found: Answer = outcome if isinstance(outcome, Answer) else await outcome
        return found

    async def call() -> list[Answer]:
        return await asyncio.gather(*(wait(front(each)) for each in requests))

    return asyncio.run(call())


def values(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["Results"]["output1"]["value"]["Values"]


def joined(function: Roots, **others: Any) -> Front:
    return front_of(function, batching="On", **others)


def test_calls_of_one_moment_are_one_table(usage: Engine) -> None:
    function = Roots()
    front = joined(function, usage=usage)
    answers = all_answers(front, *(asked(n * n) for n in range(1, 9)))
    assert [values(each) for each in answers] == [[[str(n)]] for n in range(1, 9)]
    assert function.heights == [8]
    counted = metrics(front)
    assert (counted["Calls"], counted["Rows"]) == (8, 8)
    sizes = {each["UpTo"]: each["Count"] for each in counted["BatchesByCalls"]}
    assert (sizes["4"], sizes["8"]) == (0, 1)
    assert counted["Batching"]["Active"]


def metrics(front: Front) -> Any:
    asked = request(b"", path=f"{SERVICE}/metrics", method="GET")
    return json.loads(answered(front, asked).body)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1e300), min_size=1, max_size=5), min_size=1))
def test_what_is_scored_together_is_answered_as_if_alone(
    calls: list[list[float]],
) -> None:
    together = joined(Roots(), max_concurrent_calls=200)
    alone = front_of(Roots())
    requests = [asked(*numbers) for numbers in calls]
    found = all_answers(together, *requests)
    assert [each.body for each in found] == [
        answered(alone, each).body for each in requests
    ]


def test_a_row_that_breaks_fails_its_own_call_only() -> None:
    answers = all_answers(joined(Roots()), *(asked(n) for n in (1, 4, -1, 9, -2, 16)))
    assert [each.status for each in answers] == [200, 200, 400, 200, 400, 200]
    assert values(answers[3]) == [["3"]]
    assert b"A root of less than nothing." in answers[2].body


def test_a_body_that_does_not_read_is_refused_before_it_joins() -> None:
    function = Roots()
    bad = request({"Inputs": {"input1": 7}}, query="api-version=2.0")
    answers = all_answers(joined(function), asked(4), bad, asked(9))
    assert [each.status for each in answers] == [200, 400, 200]
    assert function.heights == [2]


def test_what_only_a_batch_breaks_on_is_scored_alone() -> None:
    answers = all_answers(joined(Roots(wide=False)), asked(1), asked(4), asked(9))
    assert [values(each) for each in answers] == [[["1"]], [["2"]], [["3"]]]


def test_a_table_has_no_more_rows_than_its_endpoint_says() -> None:
    function = Roots()
    front = joined(function, max_batch_rows=4)
    all_answers(front, asked(1, 2), asked(1), asked(1, 2), asked(*range(6)), asked(1))
    assert sorted(function.heights) == [3, 3, 6]


def test_calls_of_other_parameters_go_by_themselves() -> None:
    function = Roots()
    calls = [asked(n, parameter=n % 2) for n in range(6)]
    answers = all_answers(joined(function), *calls)
    assert [each.status for each in answers] == [200] * 6
    assert function.heights == [3, 3]
    assert [each["p"] for each in function.parameters] == [0, 1]


def test_calls_gather_while_the_model_is_busy() -> None:
    function = Roots(held=True)
    front = joined(function)

    async def call() -> None:
        first = asyncio.ensure_future(front(asked(1)))  # type: ignore[arg-type]  # it waits
        await asyncio.sleep(0.02)
        later = [asyncio.ensure_future(front(asked(n))) for n in range(5)]  # type: ignore[arg-type]  # it waits
        await asyncio.sleep(0.02)
        function.free.set()
        await asyncio.gather(first, *later)

    asyncio.run(call())
    assert function.heights == [1, 5]


def test_a_call_waits_for_others_as_long_as_its_endpoint_says() -> None:
    function = Roots()
    front = joined(function, max_batch_wait=300.0)

    async def call() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        first = asyncio.ensure_future(front(asked(1)))  # type: ignore[arg-type]  # it waits
        await asyncio.sleep(0)
        await asyncio.gather(first, front(asked(4)))  # type: ignore[arg-type]  # as above
        return loop.time() - before

    assert asyncio.run(call()) >= 0.29
    assert function.heights == [2]


def test_waiting_calls_count_towards_the_endpoints_concurrency(usage: Engine) -> None:
    function = Roots(held=True)
    front = joined(function, max_concurrent_calls=2, usage=usage)

    async def call() -> list[int]:
        waiting = [asyncio.ensure_future(front(asked(n))) for n in (1, 4)]  # type: ignore[arg-type]  # it waits
        await asyncio.sleep(0.02)
        refused = front(asked(9))
        function.free.set()
        done = await asyncio.gather(*waiting)
        assert isinstance(refused, Answer)
        return [refused.status, *(each.status for each in done)]

    assert asyncio.run(call()) == [503, 200, 200]
    assert metrics(front)["Throttled"] == 1


def test_every_protocol_shares_the_table() -> None:
    function = Roots()
    tensor = {"name": "a", "shape": [1], "datatype": "FP64", "data": [16]}
    answers = all_answers(
        joined(function),
        request({"inputs": [[9]]}, path=f"{SERVICE}/invocations", query=""),
        request(
            {"inputs": [tensor]},
            path=f"/v2/models/{'e' * 32}/infer",
            query="",
        ),
        asked(4),
    )
    told = [json.loads(each.body) for each in answers]
    assert told[0] == {"predictions": [3.0]}
    assert told[1]["outputs"][0]["data"] == [4.0]
    assert values(answers[2]) == [["2"]]
    assert function.heights == [3]


def test_nothing_is_joined_unless_the_endpoint_asks_for_it() -> None:
    function = Roots()
    all_answers(front_of(function, threads=ThreadPoolExecutor(1)), asked(1), asked(4))
    assert function.heights == [1, 1]


@pytest.mark.parametrize(
    ("batching", "together", "active", "why"),
    [
        ("Off", True, False, "off"),
        ("On", False, False, "same bits"),
        ("Auto", True, True, "one table"),
    ],
)
def test_the_reason_of_joining_or_not_is_told(
    batching: str, together: bool, active: bool, why: str
) -> None:
    function = Roots()
    function.together = together
    found = batches_of(endpoint(batching=batching), function)
    assert found.active is active
    assert why in found.why
