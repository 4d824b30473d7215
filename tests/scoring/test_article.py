"""The article's synchronous call, by its own program, over a real socket."""

import json
import urllib.error
import urllib.request

import pytest
from tests.scoring.published import KEYS, WORKSPACE, front_of, served


def article_program(url: str, workspace: str, service: str, api_key: str) -> bytes:
    """The sample program of the article in Python 3 spelling; only the host differs."""
    data = {
        "Inputs": {
            "input1": {"ColumnNames": ["Col2"], "Values": [["This is a good day"]]},
        },
        "GlobalParameters": {},
    }
    url = (
        f"{url}/workspaces/{workspace}/services/{service}"
        "/execute?api-version=2.0&details=true"
    )
    headers = {
        "Content-Type": "application/json",
        "Authorization": ("Bearer " + api_key),
    }
    body = str.encode(json.dumps(data))
    req = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(req) as response:
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert len(response.headers["x-ms-request-id"]) == 32
        assert response.headers["Date"].endswith("GMT")
        content: bytes = response.read()
        return content


def test_the_article_program_gets_the_article_values() -> None:
    with served(front_of()) as url:
        answer = json.loads(article_program(url, WORKSPACE, "e" * 32, KEYS.primary))
    table = answer["Results"]["output1"]["value"]
    assert table["ColumnNames"] == ["Col2"] + [
        f"Col2_HashingFeature.{i}" for i in range(8)
    ]
    assert table["ColumnTypes"] == ["String"] + ["Int32"] * 8
    values = ["This is a good day", "1", "1", "2", "2", "0", "2", "0", "1"]
    assert table["Values"] == [values]


def test_the_article_program_can_read_what_went_wrong() -> None:
    with (
        served(front_of()) as url,
        pytest.raises(urllib.error.HTTPError) as failure,
    ):
        article_program(url, WORKSPACE, "e" * 32, "abc123")
    with failure.value as error:
        assert error.code == 401
        assert "x-ms-request-id" in str(error.info())
        assert json.loads(error.read())["error"]["code"] == "Unauthorized"
