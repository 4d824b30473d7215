"""Models of other makers, published over the REST."""

import base64
from typing import Any

from tests.studio_rest.studio import Studio

from bramka.store import body_schema, operation

CODE = b"def double(x: float) -> float:\n    return 2 * x\n"


def body(**more: Any) -> dict[str, Any]:
    files = {"double.py": base64.b64encode(CODE).decode()}
    return {"Name": "Double", "Files": files, **more}


def taken_by(studio: Studio, name: str) -> list[str]:
    """The columns that an API's schema and its example have."""
    with studio.store.reading() as transaction:
        kept = body_schema.API_SCHEMAS.get(transaction, name, "service").noun
        [execute, *_] = operation.of_api(transaction, name)
    found = list(kept.document["definitions"]["input1Item"]["properties"])
    assert execute.noun.request is not None
    [body] = execute.noun.request.representations
    given = (body.examples or {})["default"]["value"]["Inputs"]["input1"]
    assert given["ColumnNames"] == found
    return found


def test_a_function_becomes_a_service_and_is_renewed(studio: Studio) -> None:
    refused = studio.call("POST", "/models", body())
    assert refused.status_code == 400
    assert "AllowCode" in refused.json()["error"]["message"]
    made = studio.post("/models", body(AllowCode=True))
    base = f"/workspaces/{studio.workspace}/webservices"
    service = studio.client.get(f"{base}/{made['WebServiceGroupId']}").json()
    assert service["Name"] == "Double"
    known = {"WebServiceId": made["WebServiceGroupId"], "Description": "Twice."}
    again = body(AllowCode=True, **known)
    assert studio.post("/models", again) == made
    endpoint = f"{base}/{service['Id']}/endpoints/default"
    assert studio.client.get(endpoint).json()["Version"] == "2"
    studio.post(f"/webservices/{service['Id']}/manage", {"ApiPath": "double"})
    assert taken_by(studio, "double") == ["x"]
    files = {"double.py": base64.b64encode(CODE.replace(b"x", b"y")).decode()}
    studio.post("/models", {**again, "Files": files})
    # What stands in front of a service tells what it takes now.
    assert taken_by(studio, "double") == ["y"]
    answer = studio.client.post(f"{endpoint}/versions/2/restore")
    assert answer.json()["Version"] == 4
    assert taken_by(studio, "double") == ["x"]
    versions = studio.client.get(f"{endpoint}/versions").json()
    assert [(each["Version"], each["Serves"]) for each in versions] == [
        (4, True),
        (3, False),
        (2, False),
        (1, False),
    ]
    assert studio.client.post(f"{endpoint}/versions/9/restore").status_code == 404
    restored = studio.client.post(f"{endpoint}/versions/1/restore").json()
    assert restored == {"Version": 5, "Package": versions[3]["Package"]}
    with studio.other() as other:
        assert other.call("POST", "/models", again).status_code == 403
