"""Help pages: order, safety, and sample code that really calls."""

import html
import io
import re
from contextlib import redirect_stdout
from typing import Any

import pytest
from tests.scoring.published import (
    KEYS,
    TYPED,
    EchoFunction,
    HashingFunction,
    answered,
    front_of,
    request,
    served,
)
from tests.scoring.test_execute import PARAMETERS
from tests.scoring.test_swagger import HELP

from bramka.domain.learning.service import Column, GlobalParameter
from bramka.wire.message import Answer


def shown(path: str, function: Any = None, **others: Any) -> Answer:
    asked = request(b"", method="GET", path=path, query="", authorization=None)
    answer = answered(front_of(function, **others), asked)
    assert answer.status == 200
    return answer


def text_of(answer: Answer) -> str:
    return answer.body.decode()


def headings(page: str) -> list[str]:
    found: list[str] = re.findall(r"<h[12][^>]*>(.*?)</h", page)
    return found


@pytest.mark.parametrize("tail", ["/score", ""])
def test_the_synchronous_page_follows_the_old_order(tail: str) -> None:
    page = text_of(shown(HELP + tail, updated=1_700_000_000.0))
    assert headings(page) == [
        "Request Response API Documentation for SimpleFeatureHashingExperiment",
        "Request",
        "Request Headers",
        "Request Body",
        "Response",
        "Input Parameters",
        "Output Parameters",
        "Sample Code",
    ]
    assert "Updated: 11/14/2023 22:13" in page
    assert "No description provided for this web service." in page
    for said in ("Bearer abc123", "C#", "Python", ">R<", "HTTP/1.1", 'id="sampleCode"'):
        assert said in page


def test_the_batch_page_follows_the_old_order() -> None:
    page = text_of(shown(f"{HELP}/jobs"))
    assert headings(page) == [
        "Batch Execution API Documentation for SimpleFeatureHashingExperiment",
        "Submit (but not start) a Batch Execution job",
        "Start a Batch Execution job",
        "Get status or result of a Batch Execution job",
        "Delete/Cancel a Batch Execution job",
        "Input Parameters",
        "Sample Code",
    ]
    for said in ("mystorageacct", "mystoragekey", "mycontainer", "input1data.file"):
        assert said in page


def test_the_update_page_is_there() -> None:
    assert "Update Resource API Documentation" in text_of(shown(f"{HELP}/update"))


@pytest.mark.parametrize("page", ["score", "jobs", "update"])
def test_nothing_on_a_page_can_run_or_load_from_elsewhere(page: str) -> None:
    answer = shown(f"{HELP}/{page}")
    headers = dict(answer.headers)
    policy = headers[b"Content-Security-Policy"].decode()
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert headers[b"X-Content-Type-Options"] == b"nosniff"
    found = text_of(answer)
    assert "<script" not in found
    assert " style=" not in found
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', found)
    sheet = shown(style)
    assert dict(sheet.headers)[b"Content-Type"] == b"text/css; charset=utf-8"
    assert b"color-scheme: light dark" in sheet.body


def test_names_cannot_break_out_of_a_page() -> None:
    evil = '"</code><script>alert(1)</script>{{url}}'
    function = EchoFunction((Column(name=evil),))
    for page in ("score", "jobs"):
        found = text_of(shown(f"{HELP}/{page}", function, service_name=evil))
        assert "<script" not in found
        assert "{{url}}" in found


def sample(page: str, language: str = "Python") -> str:
    (code,) = re.findall(
        rf"<summary>{language}</summary><pre[^>]*><code>(.*?)</code>", page, re.DOTALL
    )
    return html.unescape(code)


@pytest.mark.parametrize(
    "function", [HashingFunction(), EchoFunction(TYPED, parameters=PARAMETERS)]
)
def test_the_python_sample_calls_the_service(function: Any) -> None:
    front = front_of(function)
    with served(front) as url:
        code = sample(text_of(shown(f"{HELP}/score", function)))
        code = code.replace("http://127.0.0.1:8070", url).replace(
            "abc123", KEYS.primary
        )
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, "sample", "exec"), {})
    assert printed.getvalue().startswith('result:{"Results":{"output1":')


def test_the_r_sample_writes_values_as_r_does() -> None:
    declared = (
        GlobalParameter(name="on", type="Bool"),
        GlobalParameter(name="word", type="String"),
        GlobalParameter(name="none", type="String", default=None, has_default=True),
    )
    code = sample(
        text_of(shown(f"{HELP}/score", EchoFunction(TYPED, parameters=declared))), "R"
    )
    assert 'FALSE, "value", NULL' in code


def test_the_batch_samples_are_programs() -> None:
    function = EchoFunction(TYPED, parameters=PARAMETERS)
    code = sample(text_of(shown(f"{HELP}/jobs", function)))
    compile(code, "sample", "exec")
    assert '"http://127.0.0.1:8070/workspaces/' in code
    assert "input1" in code
    assert "output1results.csv" in code


def test_health_tells_how_many_serve() -> None:
    assert text_of(shown("/health")) == '{"status":"ok","endpoints":1,"broken":0}'
    assert text_of(shown("/health", loads=False)).endswith('"broken":1}')
