"""What the R client (AzureML 0.2.13) sends, and what it needs of the answers."""

import httpx2
from tests.studio_rest.studio import Studio

HEADERS = {
    "Content-Type": "application/json;charset=UTF8",
    "User-Agent": "R",
    "x-ms-client-session-id": "DefaultSession",
}


def test_the_bare_addresses_answer_something(studio: Studio) -> None:
    for path in ("/api", "/api/", "/workspaces"):
        assert httpx2.get(studio.url + path).status_code < 500


def test_addresses_are_pasted_together_as_r_does(studio: Studio) -> None:
    studio.upload(b"1\tx\n", "GenericTSVNoHeader", Name="from R", Owner="R")
    listed = studio.call("GET", "/datasources", headers=HEADERS).json()
    for entry in listed:
        down, show, schema = (
            entry[name]
            for name in ("DownloadLocation", "VisualizeEndPoint", "SchemaEndPoint")
        )
        # get_datasets: only these three pieces, and no Location for the second.
        addresses = (
            down["BaseUri"] + down["Location"] + down["AccessCredential"],
            show["BaseUri"] + show["AccessCredential"],
            schema["BaseUri"] + schema["Location"] + schema["AccessCredential"],
        )
        assert [httpx2.get(each).status_code for each in addresses] == [200] * 3
    own = next(entry for entry in listed if entry["Name"] == "from R")
    assert own["Owner"] == "R"
    assert not own["Id"].startswith("506153734175476c4f62416c57734963")


def test_empty_lists_are_200_with_brackets(studio: Studio) -> None:
    with studio.other() as other:
        bearer = {"Authorization": f"Bearer  {other.token}", "x-none": ""}
        for path in (
            f"{other.base}/datasources",
            f"{other.base}/experiments",
            f"/workspaces/{other.workspace}/webservices",
        ):
            answer = httpx2.get(other.url + path, headers=bearer)
            assert (answer.status_code, answer.content) == (200, b"[]")
