"""What is told of each endpoint's calls, as JSON and as Prometheus reads it."""

import json
from typing import Any

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

from bramka.domain.learning.service import Column
from bramka.scoring.front import Front
from bramka.wire.message import Request

NUMBERS = (Column(name="a", type="Double"),)


def told(front: Front) -> Any:
    asked = request(b"", path=f"{SERVICE}/metrics", method="GET")
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


def test_calls_rows_and_errors_are_counted_in_every_protocol() -> None:
    front = front_of(EchoFunction(NUMBERS))
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


def test_a_call_in_a_thread_is_counted_once_it_ends() -> None:
    function = RefusingFunction(script_failed())
    function.waits = True  # type: ignore[attr-defined]  # as scorers say of themselves
    front = front_of(function)
    assert answered(front, request(ARTICLE)).status == 400
    counted = told(front)
    assert counted["Calls"] == 1
    assert counted["Errors"] == {"ModuleExecutionError": 1}


def test_prometheus_reads_all_services_from_nearby_only() -> None:
    front = front_of()
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
