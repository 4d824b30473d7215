"""Publishing code as the packages for R and Python ask for it."""

import base64
import io
import zipfile
from typing import Any

import polars as pl
import pytest
from tests.studio_rest.studio import Studio

from bramka.app.shared import open_packages
from bramka.catalogue import shelf
from bramka.domain.learning.table import Table

SERVICE = "5" * 32
PYTHON = """
import pandas

def azureml_main(df1=None, df2=None):
    factor = int(open("Script Bundle/factor.txt").read())
    print("Execution OK")
    return pandas.DataFrame({"result": df1["a"] * factor}),
"""
R = """
input <- maml.mapInputPort(1)
factor <- as.integer(readLines("src/factor.txt"))
cat("Execution OK")
output <- data.frame(result = input$a * factor)
maml.mapOutputPort("output")
"""


def attachments() -> str:
    """What lies beside the code, as clients send it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("factor.txt", "3\n")
    return base64.b64encode(content.getvalue()).decode()


def body(language: str, source: str, **more: Any) -> dict[str, Any]:
    number = {"type": "number", "format": "double"}
    bundle = {
        "InputSchema": {"a": number, "b": {"type": "string"}},
        "OutputSchema": {"result": number},
        "Language": language,
        "SourceCode": source,
        "ZipContents": attachments(),
    }
    return {"Name": "func", "Type": "Code", "CodeBundle": {**bundle, **more}}


def put(studio: Studio, content: object, service: str = SERVICE) -> Any:
    path = f"/workspaces/{studio.workspace}/webservices/{service}"
    return studio.client.put(path, json=content)


@pytest.mark.parametrize(
    ("language", "source"), [("python-2.7-64", PYTHON), ("R-3.1-64", R)]
)
def test_code_becomes_a_service_under_the_clients_own_id(
    studio: Studio, language: str, source: str
) -> None:
    made = put(studio, body(language, source))
    assert made.status_code == 200, made.text
    told = made.json()
    assert (told["Id"], told["Name"]) == (SERVICE, "func")
    path = f"/workspaces/{studio.workspace}/webservices/{SERVICE}/endpoints"
    name = told["DefaultEndpointName"]
    endpoint = studio.client.get(f"{path}/{name}").json()
    assert endpoint["ApiLocation"]
    assert endpoint["HelpLocation"]
    assert len(endpoint["PrimaryKey"]) == 88
    package = studio.client.get(f"{path}/{name}/versions").json()[0]["Package"]
    function = open_packages(studio.settings).load(package, shelf())
    table = Table.of(pl.DataFrame({"a": [1.5, 2.0], "b": ["x", None]}))
    found = function.score({"input1": table}, {})
    assert found["output1"].frame["result"].to_list() == [4.5, 6.0]
    result, device = function.definition.outputs
    [column] = result.columns
    assert (column.name, column.type) == ("result", "Double")
    assert found["output2"].columns == device.columns
    [printed, *drawn] = found["output2"].frame.row(0)
    assert "Execution OK" in printed
    assert printed.startswith("data:text/plain," if drawn else '{"visualizationType"')


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (body("cobol", ""), 400),
        ({**body("R-3.1-64", R), "Type": "Model"}, 400),
        (body("R-3.1-64", R, InputSchema={"a": 7}), 400),
        (body("R-3.1-64", R, OutputSchema={"": {"type": "string"}}), 400),
        (body("R-3.1-64", R, ZipContents=base64.b64encode(b"junk").decode()), 400),
        (body("R-3.1-64", " "), 400),
    ],
)
def test_what_is_no_code_is_refused(
    studio: Studio, content: object, status: int
) -> None:
    assert put(studio, content, "6" * 32).status_code == status


def test_an_id_must_be_one_and_be_free(studio: Studio) -> None:
    content = body("R-3.1-64", R)
    assert put(studio, content, "short").status_code == 400
    assert put(studio, content, "7" * 32).status_code == 200
    with studio.other() as other:
        assert put(other, content, "7" * 32).status_code == 409
