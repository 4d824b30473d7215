"""What is told of each endpoint's calls, as JSON and as Prometheus reads it."""

import json
from bisect import bisect_left
from math import ceil
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from tests.scoring.published import (
    ARTICLE,
    SERVICE,
    EchoFunction,
    RefusingFunction,
    answered,
    front_of,
    request,
    script_failed,
)

from bramka.domain.learning.counted import BOUNDS
from bramka.domain.learning.service import Column
from bramka.scoring.front import Front
from bramka.scoring.tally import Tally
from bramka.store.service_usage import SERVICE_USAGE
from bramka.testing import FakeClock
from bramka.wire.message import Request

NUMBERS = (Column(name="a", type="Double"),)


def told(front: Front, more: str = "") -> Any:
    asked = request(
        b"", path=f"{SERVICE}/metrics", method="GET", query=f"api-version=2.0{more}"
    )
    answer = answered(front, asked)
    assert answer.status == 200
    return json.loads(answer.body)


def exposed(front: Front, peer: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    fields = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in headers.items()
    ]
    answer = answered(front, Request("GET", "/metrics", "", fields, b"", peer))
    return answer.status, answer.body.decode()


def test_calls_rows_and_errors_are_counted_in_every_protocol(usage: Engine) -> None:
    front = front_of(EchoFunction(NUMBERS), usage=usage)
    table = {"ColumnNames": ["a"], "Values": [[1], [2], [3]]}
    assert answered(front, request({"Inputs": {"input1": table}})).status == 200
    assert answered(front, request({"Inputs": {"input1": 7}})).status == 400
    invoked = request({"inputs": [[1]]}, path=f"{SERVICE}/invocations", query="")
    assert answered(front, invoked).status == 200
    counted = told(front)
    assert (counted["Calls"], counted["Rows"], counted["InFlight"]) == (3, 4, 0)
    assert counted["Errors"] == {"BadUserArgument": 1}
    assert counted["CallsBySeconds"][-1] == {"UpTo": "+Inf", "Count": 3}
    sizes = {each["UpTo"]: each["Count"] for each in counted["ScoringsByRows"]}
    assert (sizes["1"], sizes["2"], sizes["4"], sizes["+Inf"]) == (1, 1, 2, 2)


def test_a_call_in_a_thread_is_counted_once_it_ends(usage: Engine) -> None:
    function = RefusingFunction(script_failed())
    function.waits = True  # type: ignore[attr-defined]  # as scorers say of themselves
    front = front_of(function, usage=usage)
    assert answered(front, request(ARTICLE)).status == 400
    counted = told(front)
    assert counted["Calls"] == 1
    assert counted["Errors"] == {"ModuleExecutionError": 1}


def test_prometheus_reads_all_services_from_nearby_only(usage: Engine) -> None:
    front = front_of(usage=usage)
    answered(front, request(ARTICLE))
    status, text = exposed(front)
    assert status == 200
    name = 'service="SimpleFeatureHashingExperiment",endpoint="default"'
    [line] = [each for each in text.splitlines() if "calls_total{" in each]
    assert name in line
    assert line.endswith(" 1")
    assert 'le="+Inf"} 1' in text
    assert exposed(front, peer="203.0.113.9")[0] == 401
    assert exposed(front, x_forwarded_for="203.0.113.9")[0] == 401


def busy_front(clock: FakeClock, usage: Engine) -> Front:
    """A service that was called twice in one minute, and refused once in the next."""
    front = front_of(clock=clock, usage=usage)
    for wait, body in ((0, ARTICLE), (60, ARTICLE), (120, {"Inputs": {"input1": 7}})):
        clock.set(1_700_000_030.0 + wait)
        told(front)  # As the process looks at the clock all the time.
        answered(front, request(body))
    return front


def test_a_chart_of_the_hour_has_a_point_a_minute(usage: Engine) -> None:
    clock = FakeClock()
    window = told(busy_front(clock, usage))["Window"]
    assert (window["Name"], window["StepSeconds"]) == ("hour", 60)
    assert len(window["Points"]) == 60
    *_, before, last = window["Points"]
    assert (before["Time"], before["Calls"]) == ("2023-11-14T22:14:00Z", 1)
    assert last["Errors"] == {"BadUserArgument": 1}
    assert (last["Rows"], last["P50"] is None) == (0, False)
    assert (window["Total"]["Calls"], window["Total"]["Rows"]) == (3, 2)


def test_a_chart_of_the_day_has_a_point_a_quarter_of_an_hour(usage: Engine) -> None:
    front = busy_front(FakeClock(), usage)
    window = told(front, "&window=day")["Window"]
    assert [len(window["Points"]), window["StepSeconds"]] == [96, 900]
    assert sum(point["Calls"] for point in window["Points"]) == 3
    asked = request(
        b"",
        path=f"{SERVICE}/metrics",
        method="GET",
        query="api-version=2.0&window=year",
    )
    assert answered(front, asked).status == 400


@given(st.lists(st.floats(0.0001, 60), min_size=1, max_size=50), st.floats(0.01, 1))
def test_a_percentile_lies_in_the_bucket_of_the_call_it_stands_for(
    seconds: list[float], share: float
) -> None:
    tally = Tally()
    for each in seconds:
        tally.ended(each)
    found = tally.counted().slowest(share)
    assert found is not None
    exact = sorted(seconds)[max(0, ceil(share * len(seconds)) - 1)]
    edges = (0.0, *BOUNDS, 30.0)
    place = bisect_left(BOUNDS, exact)
    assert edges[place] <= found <= edges[place + 1]


def test_counts_of_two_times_are_what_came_after_and_add_up() -> None:
    tally = Tally()
    tally.ended(0.2, "InternalError")
    first = tally.counted()
    tally.scored(3)
    tally.joined(2)
    tally.ended(0.1)
    later = tally.counted().plus(first, -1)
    assert (later.calls, later.errors, later.rows, later.batched) == (1, {}, 3, 2)
    assert first.plus(later) == tally.counted()


def test_counts_of_several_processes_and_of_those_that_ended_add_up(
    usage: Engine,
) -> None:
    clock = FakeClock()
    here = front_of(usage=usage, clock=clock)
    beside = front_of(usage=usage, clock=clock, process="two")
    for front in (here, beside, here):
        answered(front, request(ARTICLE))
    assert told(beside)["Calls"] == 1
    assert told(here)["Calls"] == told(beside)["Calls"] == 3
    clock.set(clock.now() + 60)
    again = front_of(usage=usage, clock=clock, process="three")
    answered(again, request({"Inputs": {"input1": 7}}))
    counted = told(again)
    assert (counted["Calls"], counted["Rows"]) == (4, 3)
    assert counted["Errors"] == {"BadUserArgument": 1}
    assert [each["Calls"] for each in counted["Window"]["Points"]][-2:] == [3, 1]


def test_calls_are_served_and_counted_on_while_the_database_of_counts_is_away(
    usage: Engine,
) -> None:
    front = front_of(usage=usage)
    SERVICE_USAGE.drop(usage)
    answered(front, request(ARTICLE))
    asked = request(b"", path=f"{SERVICE}/metrics", method="GET")
    assert answered(front, asked).status == 503
    SERVICE_USAGE.create(usage)
    assert told(front)["Calls"] == 1
