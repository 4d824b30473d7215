"""The API document: its order, and what the R client reads in it."""

import json
from typing import Any

from msgspec.structs import replace
from tests.scoring.published import (
    SERVICE,
    TYPED,
    WORKSPACE,
    EchoFunction,
    answer_to,
    answered,
    front_of,
    request,
)
from tests.scoring.test_execute import PARAMETERS

from bramka.domain.learning.service import Column, GlobalParameter

HELP = f"/apihelp/workspaces/{WORKSPACE}/webservices/{'5' * 32}/endpoints/{'e' * 32}"


def document(function: Any = None, **others: Any) -> Any:
    asked = request(
        b"", method="GET", path=f"{SERVICE}/swagger.json", query="", authorization=None
    )
    answer = answered(front_of(function, **others), asked)
    assert answer.status == 200
    return json.loads(answer.body)


def test_it_needs_no_key_and_stands_at_both_addresses() -> None:
    plain = document()
    for path, query in (
        (f"{SERVICE}/swagger.json", "api-version=2.0"),
        (f"{HELP}/apidocument", ""),
    ):
        asked = request(b"", method="GET", path=path, query=query, authorization=None)
        assert json.loads(answered(front_of(), asked).body) == plain


def test_its_members_stand_in_the_real_order() -> None:
    found = document()
    assert list(found) == [
        "swagger",
        "info",
        "host",
        "basePath",
        "schemes",
        "consumes",
        "produces",
        "paths",
        "definitions",
        "securityDefinitions",
    ]
    assert found["host"] == "127.0.0.1:8070"
    assert found["schemes"] == ["http"]
    assert found["basePath"] == SERVICE
    assert list(found["info"]) == [
        "version",
        "title",
        "description",
        "x-endpoint-name",
        "x-endpoint-description",
    ]
    assert found["info"]["description"] == (
        "No description provided for this web service."
    )
    assert list(found["definitions"]) == [
        "ExecutionRequest",
        "ExecutionResults",
        "BatchExecutionRequest",
        "AzureBlobDataReference",
        "BatchExecutionStatus",
        "GlobalParameters",
        "ExecutionInputs",
        "ExecutionOutputs",
        "BatchInputs",
        "BatchOutputs",
        "input1Item",
        "output1Item",
    ]


def test_its_paths_stand_in_the_order_that_r_counts_on() -> None:
    operations = [
        (path, verb, operation["operationId"], next(iter(operation["responses"])))
        for path, verbs in document()["paths"].items()
        for verb, operation in verbs.items()
    ]
    assert operations == [
        ("/swagger.json", "get", "getSwaggerDocument", "200"),
        ("/execute?api-version=2.0&format=swagger", "post", "execute", "200"),
        ("/jobs?api-version=2.0", "post", "submitjob", "200"),
        ("/jobs/{jobId}?api-version=2.0", "get", "getjobstatus", "200"),
        ("/jobs/{jobId}?api-version=2.0", "delete", "canceljob", "204"),
        ("/jobs/{jobId}/start?api-version=2.0", "post", "startjob", "204"),
    ]
    paths = list(document()["paths"].values())
    assert "security" not in paths[0]["get"]
    assert paths[1]["post"]["security"] == [{"api_key": []}]


def test_columns_are_described_by_their_types() -> None:
    levels = Column(name="class", type="Int32", levels=("1", "2"))
    item = document(EchoFunction((*TYPED, levels)))["definitions"]["input1Item"]
    assert item["required"] == ["whole", "real", "flag", "day", "text", "class"]
    assert item["properties"] == {
        "whole": {"type": "integer", "format": "int32"},
        "real": {"type": "number", "format": "double"},
        "flag": {"type": "boolean"},
        "day": {"type": "string"},
        "text": {"type": "string"},
        "class": {"type": "integer", "format": "int32", "enum": [1, 2]},
    }


def test_parameters_are_described_with_their_rules() -> None:
    described = document(EchoFunction(parameters=PARAMETERS))["definitions"]
    properties = described["GlobalParameters"]["properties"]
    assert properties["bits"] == {
        "description": "",
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": 31,
    }
    assert properties["mode"]["enum"] == ["fast", "slow"]
    assert properties["rate"]["default"] == 0.5


def test_what_graphs_keep_as_text_is_described_as_it_is_typed() -> None:
    whole = GlobalParameter(
        name="Int", type="Int", default="3", has_default=True, minimum=2.0
    )
    real = replace(whole, name="Double", type="Double", default="1", minimum=0.5)
    truth = GlobalParameter(name="Bool", type="Bool", default="True", has_default=True)
    described = document(EchoFunction(parameters=(whole, real, truth)))["definitions"]
    found = described["GlobalParameters"]["properties"]
    assert repr([found["Int"]["default"], found["Int"]["minimum"]]) == "[3, 2]"
    assert (
        repr([found["Double"]["default"], found["Double"]["minimum"]]) == "[1.0, 0.5]"
    )
    assert found["Bool"]["default"] is True


def test_its_example_is_a_call_that_works() -> None:
    for function in (EchoFunction(TYPED), EchoFunction(TYPED, parameters=PARAMETERS)):
        example = document(function)["definitions"]["ExecutionRequest"]["example"]
        assert len(example["Inputs"]["input1"]) == 1
        query = "api-version=2.0&format=swagger"
        assert answer_to(example, front_of(function), query=query)


def test_its_example_shows_samples_unless_that_is_switched_off() -> None:
    def text(**others: Any) -> object:
        found = document(**others)["definitions"]["ExecutionRequest"]["example"]
        return found["Inputs"]["input1"][0]["Col2"]

    assert text() == "a"
    assert text(sample_data_enabled=False) == "value"
