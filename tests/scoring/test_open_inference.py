"""The Open Inference Protocol, by its own client and by hand."""

import json
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
from hypothesis import given
from hypothesis import strategies as st
from tests.scoring.published import (
    KEYS,
    SERVICE,
    TEXT,
    TYPED,
    EchoFunction,
    answered,
    front_of,
    request,
    served,
)
from tritonclient.utils import InferenceServerException

from bramka.domain.errors import Invalid
from bramka.domain.learning.service import Column
from bramka.scoring.tensors import Tensor, split, values_of

ENDPOINT = "e" * 32
KEY = {"Authorization": f"Bearer {KEYS.primary}"}
NUMBERS = tuple(Column(name=name, type="Double") for name in ("a", "b"))


def infer(
    inputs: list[dict[str, Any]], columns: tuple[Column, ...] = NUMBERS, **more: Any
) -> tuple[int, Any]:
    path = f"/v2/models/{ENDPOINT}/infer"
    asked = request({"inputs": inputs, **more}, path=path, query="")
    answer = answered(front_of(EchoFunction(columns)), asked)
    return answer.status, json.loads(answer.body)


def column(name: str, kind: str, *data: object) -> dict[str, Any]:
    return {"name": name, "shape": [len(data)], "datatype": kind, "data": list(data)}


@pytest.mark.parametrize("base", ["", SERVICE])
@pytest.mark.parametrize("binary", [False, True])
def test_its_own_client_gets_what_the_service_gives(base: str, binary: bool) -> None:
    texts = np.array([[b"This is a good day"], ["zażółć".encode()]], np.object_)
    with served(front_of()) as address:
        client = triton.InferenceServerClient(address.removeprefix("http://") + base)
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready(ENDPOINT)
        name = "SimpleFeatureHashingExperiment"
        told = client.get_model_metadata(name, headers={**KEY})
        given = triton.InferInput("Col2", [2, 1], "BYTES")
        given.set_data_from_numpy(texts, binary_data=binary)
        wanted = [
            triton.InferRequestedOutput(each, binary_data=binary)
            for each in ("Col2", "Col2_HashingFeature.2")
        ]
        # The client writes into the fields it is given, so they are copies.
        result = client.infer(name, [given], "1", wanted, "mine", headers={**KEY})
        client.close()
    assert told["inputs"] == [{"name": "Col2", "datatype": "BYTES", "shape": [-1]}]
    assert result.get_response()["id"] == "mine"
    assert result.as_numpy("Col2_HashingFeature.2").tolist()[0] == 2
    found = result.as_numpy("Col2").tolist()
    texts_back = [each.decode() if isinstance(each, bytes) else each for each in found]
    assert texts_back == ["This is a good day", "zażółć"]


def test_its_own_client_is_refused_in_its_own_words() -> None:
    with served(front_of()) as address:
        client = triton.InferenceServerClient(address.removeprefix("http://"))
        with pytest.raises(InferenceServerException, match="Invalid credentials"):
            client.get_model_metadata(ENDPOINT)
        with pytest.raises(InferenceServerException, match="no model 'other'"):
            client.get_model_metadata("other", headers={**KEY})
        with pytest.raises(InferenceServerException, match="version 1, not '7'"):
            client.get_model_metadata(ENDPOINT, "7", headers={**KEY})
        assert not client.is_model_ready("other")
        client.close()


def test_one_tensor_may_stand_for_all_columns() -> None:
    whole = {"name": "all", "shape": [2, 2], "datatype": "FP64", "data": [1, 2, 3, 4]}
    status, told = infer([whole])
    assert status == 200
    assert [each["data"] for each in told["outputs"]] == [[1.0, 3.0], [2.0, 4.0]]
    assert told["model_version"] == "1"


def test_every_type_comes_back_as_it_went_in() -> None:
    given = [
        column("whole", "INT32", 1, 2),
        column("real", "FP64", 1.5, None),
        column("flag", "BOOL", True, False),
        column("day", "BYTES", "5/30/2010 6:09:00 PM", "1/1/2000 12:00:00 AM"),
        column("text", "BYTES", "a", "ą"),
    ]
    status, told = infer(given, TYPED)
    assert status == 200, told
    assert [each["data"] for each in told["outputs"]] == [e["data"] for e in given]
    assert [each["datatype"] for each in told["outputs"]] == [
        each["datatype"] for each in given
    ]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([column("a", "FP64", 1)], "'b' is missing"),
        ([column("a", "FP64", 1), column("b", "FP64", 1, 2)], "numbers of rows"),
        ([{**column("a", "FP64", 1), "shape": [2]}], "1 values where its shape has 2"),
        ([{**column("a", "FP64", 1), "shape": [1, 1, 1]}], "rows and columns"),
        ([{**column("all", "FP64", 1, 2, 3), "shape": [1, 3]}], "3 columns, not 2"),
        ([column("a", "FP64", {"x": 1})], "numbers, texts"),
        ([column("a", "FP99", 1)], "'a' is of FP99, which is none of BOOL"),
        ([column("a", "INT64", 1.5)], "'a' holds 1.5, which is no INT64"),
        ([{**column("a", "FP64", 1), "shape": [2**62, 4]}], "its shape has 18446744"),
        ([column("a", "FP64", "x"), column("b", "FP64", 1)], "'x'"),
    ],
)
def test_what_does_not_fit_is_said(inputs: list[dict[str, Any]], message: str) -> None:
    status, told = infer(inputs)
    assert status == 400
    assert list(told) == ["error"]
    assert message in told["error"]


def test_several_inputs_have_tensors_by_their_names() -> None:
    front = front_of(EchoFunction(NUMBERS, (TEXT,)))
    path = f"/v2/models/{ENDPOINT}"
    told = json.loads(answered(front, request(b"", path=path, method="GET")).body)
    names = ["input1/a", "input1/b", "input2/Col2"]
    assert [each["name"] for each in told["inputs"]] == names
    with served(front) as address:
        client = triton.InferenceServerClient(address.removeprefix("http://"))
        numbers = triton.InferInput("input1", [2, 2], "FP64")
        numbers.set_data_from_numpy(np.array([[1.0, 2.0], [3.0, 4.0]]))
        texts = triton.InferInput("input2/Col2", [1], "BYTES")
        texts.set_data_from_numpy(np.array([b"x"], np.object_))
        result = client.infer(ENDPOINT, [texts, numbers], headers={**KEY})
        client.close()
    assert result.as_numpy("output1/b").tolist() == [2.0, 4.0]
    assert result.as_numpy("output2/Col2").tolist() == [b"x"]

    asked = request({"inputs": [column("a", "FP64", 1)]}, path=f"{path}/infer")
    refused = answered(front, asked)
    assert refused.status == 400
    assert b"'input1/\xe2\x80\xa6', 'input2/\xe2\x80\xa6'" in refused.body


def test_several_inputs_are_told_by_name_to_mlflow() -> None:
    front = front_of(EchoFunction(NUMBERS, (TEXT,)))

    def invoke(body: object) -> tuple[int, Any]:
        asked = request(body, path=f"{SERVICE}/invocations", query="")
        answer = answered(front, asked)
        return answer.status, json.loads(answer.body)

    numbers, texts = {"a": [1, 3], "b": [2, 4]}, [{"Col2": "x"}]
    status, told = invoke({"inputs": {"input1": numbers, "input2": texts}})
    assert status == 200, told
    assert told["predictions"] == {
        "output1": [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}],
        "output2": ["x"],
    }
    status, told = invoke({"instances": [[1, 2]]})
    assert status == 400
    assert "'input1', 'input2'" in told["error"]["details"][0]["message"]
    status, told = invoke({"inputs": {"input1": numbers}})
    assert "'input2' is missing" in told["error"]["details"][0]["message"]


def test_an_output_that_is_not_there_is_refused() -> None:
    given = [column("a", "FP64", 1), column("b", "FP64", 2)]
    assert infer(given, outputs=[{"name": "b"}])[1]["outputs"][0]["name"] == "b"
    status, told = infer(given, outputs=[{"name": "c"}])
    assert (status, "no output 'c'" in told["error"]) == (400, True)


@given(st.binary(max_size=200), st.sampled_from(["BYTES", "FP64", "INT8", "X"]))
def test_any_bytes_are_read_or_refused(raw: bytes, kind: str) -> None:
    tensor = Tensor(
        name="t",
        shape=[len(raw)],
        datatype=kind,
        parameters={"binary_data_size": len(raw)},
    )
    try:
        rows = values_of(tensor, split(raw, 0, [tensor])["t"])
    except Invalid:
        return
    assert len(rows) == len(raw)


def test_mlflows_forms_give_the_same() -> None:
    front = front_of(EchoFunction(NUMBERS))
    for body in (
        {"dataframe_split": {"columns": ["b", "a"], "data": [[2, 1], [4, None]]}},
        {"dataframe_records": [{"a": 1, "b": 2}, {"b": 4}]},
        {"instances": [[1, 2], [None, 4]]},
        {"instances": [{"a": 1, "b": 2}, {"b": 4}]},
        {"inputs": {"a": [1, None], "b": [[2], [4]]}},
        {"inputs": [[1, 2], [None, 4]]},
    ):
        asked = request(body, path=f"{SERVICE}/invocations", query="")
        answer = answered(front, asked)
        assert json.loads(answer.body) == {
            "predictions": [{"a": 1.0, "b": 2.0}, {"a": None, "b": 4.0}]
        }, (body, answer.body)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"b,a\r\n2,1\r\n4,\r\n", 200, [{"a": 1, "b": 2}, {"a": None, "b": 4}]),
        (b"\xef\xbb\xbfa,b\n'1',2\n", 400, "'1'"),
        (b'a,b\n"1","2"\n\n', 200, [{"a": 1, "b": 2}]),
        (b"a,b\n", 200, []),
        (b"a\n1\n", 400, "'b'"),
        (b"a,b\n1,2,3\n", 400, ""),
        (b'a,b\n"1,2\n', 400, "The CSV cannot be read"),
        (b"a,b\n\xff,2\n", 400, "not UTF-8"),
        (b"", 400, "no header"),
    ],
)
def test_mlflows_csv_is_rows_under_a_header(
    body: bytes, status: int, told: object
) -> None:
    path = f"{SERVICE}/invocations"
    asked = request(body, path=path, query="", content_type="text/csv; charset=utf-8")
    answer = answered(front_of(EchoFunction(NUMBERS)), asked)
    found = json.loads(answer.body)
    assert answer.status == status, found
    if isinstance(told, str):
        assert told in found["error"]["details"][0]["message"]
    else:
        assert found == {"predictions": told}


def test_one_column_is_told_as_plain_values() -> None:
    asked = request({"inputs": ["x"]}, path=f"{SERVICE}/invocations", query="")
    answer = answered(front_of(EchoFunction((TEXT,))), asked)
    assert json.loads(answer.body) == {"predictions": ["x"]}


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({"inputs": ["x"]}, "Bearer wrong", 401),
        ({"inputs": ["x"], "instances": ["x"]}, None, 400),
        ({}, None, 400),
        ({"dataframe_split": []}, None, 400),
        ({"dataframe_records": [{}, {}]}, None, 400),
        ({"inputs": {"Col2": ["x"], "b": ["x", "y"]}}, None, 400),
    ],
)
def test_other_invocations_are_refused(
    body: object, key: str | None, status: int
) -> None:
    asked = request(
        body,
        path=f"{SERVICE}/invocations",
        query="",
        authorization=key or f"Bearer {KEYS.primary}",
    )
    answer = answered(front_of(EchoFunction((TEXT,))), asked)
    assert answer.status == status
    assert json.loads(answer.body)["error"]["details"]
