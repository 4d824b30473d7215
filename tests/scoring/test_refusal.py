"""Refusals: status, codes and messages, one shape for all."""

import gzip
import json
import math
import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.published import (
    ARTICLE,
    KEYS,
    OTHER_WORKSPACE,
    SERVICE,
    TYPED,
    WORKSPACE,
    EchoFunction,
    answered,
    error_of,
    front_of,
    request,
    served,
)
from tests.scoring.test_execute import PARAMETERS, table

from bramka.domain.learning.service import Column
from bramka.scoring.front import Front
from bramka.scoring.router import Route
from bramka.testing import FakeChance
from bramka.wire.message import Answer

PARSE = (
    "Parsing of input vector failed.  Verify the input vector has the correct number "
    "of columns and data types.  Additional details: "
)

SCALAR = "a cell must be a string, a number, a boolean or null"
FORMS = "an object with ColumnNames and Values, or an array of objects"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer abc123",
        f"Basic {KEYS.primary}",
        f"{KEYS.primary}",
        f"Bearer {KEYS.primary}x",
        "Bearer " + "x" * 5000,
    ],
)
def test_a_bad_key_is_refused(authorization: str | None) -> None:
    assert error_of(authorization=authorization) == (
        401,
        "Unauthorized",
        "ScoreRequestUnauthorized",
        "Invalid credentials provided.",
    )


@pytest.mark.parametrize(
    ("workspace", "service", "expected"),
    [
        (WORKSPACE, "f" * 32, (404, "NotFound", "WebServiceNotFound")),
        ("c" * 32, "f" * 32, (404, "NotFound", "WorkspaceNotFound")),
        ("", "f" * 32, (404, "NotFound", "WorkspaceNotFound")),
        (
            OTHER_WORKSPACE,
            "e" * 32,
            (404, "NotFound", "WebServiceIdNotFoundInWorkspace"),
        ),
        (WORKSPACE, "e" * 31, (400, "BadArgument", "WebServiceIdInvalid")),
        (WORKSPACE, "", (400, "BadArgument", "WebServiceIdInvalid")),
        (WORKSPACE, "%00", (400, "BadArgument", "WebServiceIdInvalid")),
        (WORKSPACE, "é" * 32, (400, "BadArgument", "WebServiceIdInvalid")),
    ],
)
def test_an_unknown_address_is_refused(
    workspace: str, service: str, expected: tuple[int, str, str]
) -> None:
    path = f"/workspaces/{workspace}/services/{service}/execute"
    assert error_of(path=path)[:3] == expected


@pytest.mark.parametrize(
    "query",
    ["", "api-version=1.0", "api-version=", "version=2.0", "api-version=" + "9" * 999],
)
def test_another_version_is_refused(query: str) -> None:
    status, code, detail, message = error_of(query=query)
    assert (status, code, detail) == (400, "BadArgument", "BadVersionCall")
    assert message.startswith(
        "Invalid version parameter was passed during the API call: "
    )
    assert len(message) < 300


def test_another_format_is_refused() -> None:
    status, code, detail, message = error_of(query="api-version=2.0&format=xml")
    assert (status, code, detail) == (400, "BadArgument", "InvalidQueryParameter")
    assert message.startswith("Invalid query parameter 'format'.")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"Inputs":{"input1":[{"Col2":"\\ud800"}]}}',
        b'{"Inputs":{"input1":[{"Col2":NaN}]}}',
        b'{"Inputs":{"input1":[{"Col2":1e999}]}}',
        b'{"Inputs":' * 100_000,
        b"[" * 100_000,
        b'{"Inputs":[]}',
        b'{"Inputs":{"input1":[]},"GlobalParameters":[1]}',
        b'{"Inputs":{"input1":[]},"GlobalParameters":"x"}',
    ],
)
def test_a_body_that_is_no_call_is_refused(body: bytes) -> None:
    status, code, detail, message = error_of(body)
    assert (status, code, detail) == (400, "BadArgument", "RequestBodyInvalid")
    assert message.startswith(
        "No request body provided or error in deserializing the request body. "
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (gzip.compress(json.dumps(ARTICLE).encode()), "is compressed"),
        (json.dumps(ARTICLE).encode("utf-16"), "is UTF-16"),
        (json.dumps(ARTICLE).encode("utf-16-be"), "is UTF-16"),
        ('{"Inputs": "é"}'.encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_body_in_another_coding_is_told_so(body: bytes, told: str) -> None:
    assert told in error_of(body)[3]


@pytest.mark.parametrize("body", [b"{}", b'{"Inputs":{}}', b'{"Inputs":null}'])
def test_a_missing_input_is_named(body: bytes) -> None:
    status, code, detail, message = error_of(body)
    assert (status, code, detail) == (400, "BadArgument", "MissingRequestInput")
    assert message.endswith("'input1' is missing.")


def test_an_unknown_input_is_named() -> None:
    body: dict[str, object] = {"Inputs": {"input1": [], "input2": []}}
    status, code, detail, message = error_of(body)
    assert (status, code, detail) == (400, "BadArgument", "InvalidInputNames")
    assert "'input2'" in message


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"ColumnNames": ["Col1"], "Values": []}, "Column 'Col2' is missing."),
        (
            {"ColumnNames": ["Col2"], "Values": [["a"], ["b", "c"]]},
            "Row 2 has 2 values where ColumnNames has 1: an array of 2.",
        ),
        (
            {"ColumnNames": ["Col2"], "Values": [["a"], 7]},
            "Row 2 must be an array; it is 7.",
        ),
        (
            {"ColumnNames": ["Col2"]},
            "Input 'input1' must have the arrays ColumnNames and Values.",
        ),
        (
            {"ColumnNames": ["Col2"], "Values": [[["deep"]]]},
            f"Row 1, column 'Col2': {SCALAR}; it is an array of 1.",
        ),
        ([{"Col2": "a"}, "b"], "Row 2 must be an object; it is 'b'."),
        (
            "text",
            f"Input 'input1' must be {FORMS}; it is 'text'.",
        ),
    ],
)
def test_an_input_of_the_wrong_shape_is_described(given: object, reason: str) -> None:
    assert error_of({"Inputs": {"input1": given}}) == (
        400,
        "BadUserArgument",
        "InputParseError",
        PARSE + reason,
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("whole", "seven"),
        ("whole", 7.5),
        ("whole", 2**31),
        ("whole", True),
        ("real", "29,5"),
        ("real", "1_000"),
        ("flag", "yes"),
        ("day", 5),
        ("day", "13/13/2010"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_place(
    column: str, value: object
) -> None:
    good: list[object] = [1, 1.5, True, "2010-05-30", "text"]
    names = [each.name for each in TYPED]
    bad = list(good)
    bad[names.index(column)] = value
    _, code, detail, message = error_of(
        table(names, good, bad), front_of(EchoFunction(TYPED))
    )
    assert (code, detail) == ("BadUserArgument", "InputParseError")
    shown = str(value)[:40]
    assert f"Row 2, column '{column}': '{shown}" in message
    assert "is not a value of type" in message


@pytest.mark.parametrize(
    "given",
    [
        {"ColumnNames": ["Col2", "Col3"], "Values": [["a", "b"]]},
        {"ColumnNames": ["Col2", "Col2"], "Values": [["a", "b"]]},
        {"ColumnNames": ["Col2", None], "Values": []},
        [{"Col2": "a", "Col3": "b"}],
    ],
)
def test_columns_that_are_not_the_service_s_are_a_mismatch(given: object) -> None:
    status, code, detail, message = error_of({"Inputs": {"input1": given}})
    assert (status, code, detail) == (400, "BadUserArgument", "InputMismatchError")
    assert message.startswith("Input data does not match input port schema.")
    assert message.endswith("'input1' takes 'Col2'.")


@pytest.mark.parametrize(
    ("given", "code", "detail"),
    [
        ({}, "BadUserArgument", "MissingRequiredGlobalParameters"),
        ({"bits": 3, "bit": 3}, "BadUserArgument", "UnexpectedParameter"),
        ({"bits": 0}, "BadArgument", "BadParameterValue"),
        ({"bits": 32}, "BadArgument", "BadParameterValue"),
        ({"bits": "three"}, "BadArgument", "BadParameterValue"),
        ({"bits": 3.5}, "BadArgument", "BadParameterValue"),
        ({"bits": None}, "BadArgument", "BadParameterValue"),
        ({"bits": True}, "BadArgument", "BadParameterValue"),
        ({"bits": "9" * 5000}, "BadArgument", "BadParameterValue"),
        ({"bits": 3, "rate": "nan"}, "BadArgument", "BadParameterValue"),
        ({"bits": 3, "rate": []}, "BadArgument", "BadParameterValue"),
        ({"bits": 3, "mode": "medium"}, "BadArgument", "BadParameterValue"),
        ({"bits": 3, "deep": "maybe"}, "BadArgument", "BadParameterValue"),
        ({"bits": 3, "note": {}}, "BadArgument", "BadParameterValue"),
    ],
)
def test_a_wrong_parameter_is_refused(given: Any, code: str, detail: str) -> None:
    front = front_of(EchoFunction(parameters=PARAMETERS))
    refused = error_of({"GlobalParameters": given}, front)
    assert refused[:3] == (400, code, detail)


def test_a_service_without_parameters_takes_none() -> None:
    refused = error_of({**ARTICLE, "GlobalParameters": {"x": 1}})
    assert refused[2] == "UnexpectedParameter"
    assert refused[3].endswith("'x' is not one; the service has no parameters.")


@pytest.mark.parametrize(
    "path", ["/", "", "*", "/workspaces", f"{SERVICE}/nothing", SERVICE]
)
def test_an_address_with_nothing_is_refused(path: str) -> None:
    assert error_of(path=path)[:3] == (404, "NotFound", "ResourceNotFound")


def test_another_method_is_refused() -> None:
    assert error_of(method="GET")[:3] == (405, "MethodNotAllowed", "MethodNotAllowed")
    refused = answered(front_of(), request(method="GET"))
    assert (b"Allow", b"POST") in refused.headers


def test_a_package_that_does_not_load_is_the_services_fault() -> None:
    assert error_of(front=front_of(loads=False))[:3] == (
        500,
        "ModelPackageFormatError",
        "ModelPackageInvalid",
    )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "Col2", "whole"]), inner, max_size=4)
    ),
    max_leaves=12,
)
KNOWN = st.sampled_from([column.name for column in TYPED])
ROW = st.lists(JSON, min_size=5, max_size=5) | JSON
INPUT = (
    st.fixed_dictionaries(
        {
            "ColumnNames": st.permutations([column.name for column in TYPED]) | JSON,
            "Values": st.lists(ROW, max_size=4) | JSON,
        }
    )
    | st.lists(st.dictionaries(KNOWN, JSON, max_size=5), max_size=4)
    | JSON
)
BODY = (
    st.fixed_dictionaries(
        {"Inputs": st.fixed_dictionaries({"input1": INPUT}) | JSON},
        optional={"GlobalParameters": JSON},
    )
    | JSON
)
TYPED_FRONT = front_of(EchoFunction(TYPED))


def assert_answered(body: bytes, query: str) -> None:
    answer = answered(TYPED_FRONT, request(body, query=query))
    assert answer.status in (200, 400), answer.body
    content = json.loads(answer.body)
    if answer.status == 400:
        assert content["error"]["details"]


@settings(max_examples=400, deadline=None)
@given(BODY, st.sampled_from(["api-version=2.0", "api-version=2.0&format=swagger"]))
def test_no_json_reaches_a_500(body: object, query: str) -> None:
    assert_answered(json.dumps(body).encode(), query)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_reach_a_500(body: bytes) -> None:
    assert_answered(body, "api-version=2.0")


CELL = st.one_of(
    st.text(alphabet="0123456789-+./: eEaApPmMzZTNInfity_", max_size=24),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.datetimes().map(str),
    st.timedeltas().map(str),
    st.sampled_from(["Infinity", "-∞", "NaN", "∞", "INF", "1e400", "٣", " 5 "]),
)
EVERY_TYPE = tuple(
    Column(name=kind, type=kind)
    for kind in (
        "Boolean",
        "Byte",
        "Int16",
        "Int32",
        "Int64",
        "Single",
        "Double",
        "String",
        "DateTime",
        "DateTimeOffset",
        "TimeSpan",
    )
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(EVERY_TYPE), CELL)
def test_a_cell_of_any_type_is_read_or_named(column: Any, cell: object) -> None:
    body = {"Inputs": {"input1": [{column.name: cell}]}}
    answer = answered(front_of(EchoFunction((column,))), request(body))
    assert answer.status in (200, 400), answer.body
    if answer.status == 400:
        assert f"Row 1, column '{column.name}'".encode() in answer.body
    elif isinstance(cell, float) and column.type == "Double" and abs(cell) < 1e308:
        (row,) = json.loads(answer.body)["Results"]["output1"]["value"]["Values"]
        assert math.isclose(float(row[0]), cell, rel_tol=1e-14)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_address_reaches_a_500(path: str, query: str) -> None:
    answer = answered(front_of(), request(path="/" + path, query=query))
    assert answer.status in (400, 404, 405)


def test_what_breaks_http_is_refused_in_the_same_shape() -> None:
    with served(front_of()) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=90) as client:
            client.sendall(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n"
            )
            with client.makefile("rb") as file:
                answer = file.read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"x-ms-request-id: " in head
    error = json.loads(body)["error"]
    assert error["details"][0]["message"] == "The body is longer than 1000000 bytes."


def test_a_failure_of_ours_is_logged_under_the_id_that_the_caller_has(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_request: object, _values: object) -> Answer:
        raise ZeroDivisionError("a fault of ours")

    front = Front([Route("POST", "/fault", fail)], FakeChance())
    answer = answered(front, request(path="/fault"))
    assert answer.status == 500
    assert b"a fault of ours" not in answer.body
    call_id = dict(answer.headers)[b"x-ms-request-id"].decode()
    assert call_id in caplog.text
    assert "a fault of ours" in caplog.text
