"""The workspace, its people, the catalogue, and what is elsewhere."""

import httpx2
from tests.databases import DEMO
from tests.studio_rest.studio import Studio

from bramka.app.clock import SystemChance
from bramka.store import access_token
from bramka.store.access_token import Role


def bearer(studio: Studio, role: Role) -> dict[str, str]:
    with studio.store.writing() as transaction:
        token = access_token.issue(transaction, SystemChance(), role=role, name="Ada")
    return {
        "Authorization": f"Bearer {token}",
        "x-ms-metaanalytics-authorizationtoken": "",
    }


def test_the_workspace_is_told_with_its_tokens(studio: Studio) -> None:
    told = studio.get("")
    assert told["WorkspaceId"] == studio.workspace
    assert told["AuthorizationToken"]["PrimaryToken"] == studio.token
    assert told["OwnerEmail"] == "ada@example.com"


def test_no_proxy_keeps_answers_for_others(studio: Studio) -> None:
    for path in ("", "/modules", "/datasources/nothing.css"):
        told = studio.call("GET", path)
        assert told.headers["Cache-Control"] == "no-store", path


def test_people_are_invited_in_the_words_of_powershell(studio: Studio) -> None:
    body = b'{Role: "User", Emails:"bob@example.com,eve@example.com"}'
    assert studio.call("POST", "/invitations", content=body).is_success
    emails = [each["User"]["Email"] for each in studio.get("/users")]
    assert emails == ["ada@example.com", "bob@example.com", "eve@example.com"]
    assert studio.call("DELETE", "/users/bob@example.com").is_success
    bad = studio.call("POST", "/invitations", {"Role": "User", "Emails": "nobody"})
    assert bad.status_code == 400


def test_the_catalogue_tells_ports_parameters_and_help(studio: Studio) -> None:
    modules = studio.get("/modules")
    hashing = next(each for each in modules if each["Name"] == "Feature Hashing")
    assert hashing["InputPorts"][0]["Name"] == "Dataset"
    bits = next(p for p in hashing["Parameters"] if p["Name"] == "Hashing bitsize")
    assert (bits["Above"], bits["Maximum"]) == (0, 31)
    assert bits["Description"].endswith(".")
    assert (
        studio.get("/modules/Project%20Columns")["Name"] == "Select Columns in Dataset"
    )


def test_a_viewer_reads_and_changes_nothing(studio: Studio) -> None:
    viewer = bearer(studio, "viewer")
    assert studio.call("GET", "/datasources", headers=viewer).status_code == 200
    refused = studio.call("POST", "/uploads", {"DataTypeId": "Zip"}, headers=viewer)
    assert refused.status_code == 403
    told = studio.call("GET", "", headers=viewer).json()
    assert told["AuthorizationToken"] is None
    listed = studio.client.get("/api/workspaces", headers=viewer).json()
    assert studio.workspace in [each["WorkspaceId"] for each in listed]
    own = studio.client.get("/api/workspaces")
    assert own.status_code == 401


def test_whoever_signed_in_works_with_the_cookie_and_the_csrf_token(
    studio: Studio,
) -> None:
    own = {"email": DEMO.publisher_email, "password": studio.password}
    with httpx2.Client(base_url=studio.url) as browser:
        csrf = browser.get("/session").json()["csrf"]
        browser.post("/session", json=own, headers={"X-CSRF-Token": csrf})
        csrf = browser.get("/session").json()["csrf"]
        assert browser.get(f"{studio.base}/datasources").status_code == 200
        path, body = f"{studio.base}/uploads", {"DataTypeId": "Zip"}
        forged = browser.post(path, json=body)
        assert forged.status_code == 403
        assert forged.json()["error"]["details"]
        given = browser.post(path, json=body, headers={"X-CSRF-Token": csrf})
        assert given.status_code == 201


def test_new_tokens_replace_the_old_ones(studio: Studio) -> None:
    with studio.other() as other:
        fresh = other.post("/tokens")["PrimaryToken"]
        assert other.call("GET", "").status_code == 401
        headers = {"x-ms-metaanalytics-authorizationtoken": fresh}
        assert other.call("GET", "", headers=headers).status_code == 200


def test_what_is_not_here_says_so(studio: Studio) -> None:
    for kind in ("projectcontainers", "notebooks", "gateways"):
        assert studio.get(f"/{kind}") == []
        refused = studio.call("POST", f"/{kind}", {})
        assert refused.json()["error"]["code"] == "NotSupported"
    custom = studio.call("POST", "/modules/custom", {})
    assert "Execute Python Script" in custom.json()["error"]["message"]
    nowhere = studio.call("GET", "/nowhere")
    assert nowhere.status_code == 404
    assert nowhere.json()["error"]["details"]
    assert studio.call("PUT", "/datasources", {}).status_code == 405
