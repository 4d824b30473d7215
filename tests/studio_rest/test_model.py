"""Models of other makers, published over the REST."""

import base64
from typing import Any

from tests.studio_rest.studio import Studio

CODE = b"def double(x: float) -> float:\n    return 2 * x\n"


def body(**more: Any) -> dict[str, Any]:
    files = {"double.py": base64.b64encode(CODE).decode()}
    return {"Name": "Double", "Files": files, **more}


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
    versions = studio.client.get(f"{endpoint}/versions").json()
    assert [(each["Version"], each["Serves"]) for each in versions] == [
        (2, True),
        (1, False),
    ]
    assert studio.client.post(f"{endpoint}/versions/9/restore").status_code == 404
    restored = studio.client.post(f"{endpoint}/versions/1/restore").json()
    assert restored == {"Version": 3, "Package": versions[1]["Package"]}
    with studio.other() as other:
        assert other.call("POST", "/models", again).status_code == 403
