"""What the cloud's command line asks for before it calls: where, who, a token."""

import httpx2
from tests.management.console import BASE, VERSION, Console

GRANT = {"grant_type": "client_credentials", "client_id": "anyone"}


def ask(console: Console, **form: str) -> httpx2.Response:
    found = console.client.get("/adfs/.well-known/openid-configuration").json()
    assert found["issuer"] == f"{console.url}/adfs"
    return console.client.post(found["token_endpoint"], data=GRANT | form)


def test_a_cloud_is_registered_by_its_address_alone(console: Console) -> None:
    told = console.client.get("/metadata/endpoints").json()
    assert told["resourceManager"] == console.url
    assert told["authentication"]["audiences"] == [console.url]
    assert told["authentication"]["loginEndpoint"] == f"{console.url}/adfs"


def test_a_token_is_had_for_itself_and_opens(console: Console) -> None:
    secret = console.issue("viewer")
    given = ask(console, client_secret=secret)
    assert given.json() == {
        "access_token": secret,
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    assert given.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {given.json()['access_token']}"}
    answer = console.client.get(BASE, params=VERSION, headers=headers)
    assert answer.status_code == 200


def test_an_unknown_secret_gets_no_token(console: Console) -> None:
    for form in ({"client_secret": "f" * 64}, {}, {"client_secret": ""}):
        refused = ask(console, **form)
        assert refused.status_code == 401
        assert refused.json()["error"] == "invalid_client"
        assert "f" * 64 not in refused.text


def test_people_do_not_sign_in_there(console: Console) -> None:
    form = {"grant_type": "password", "username": "a", "password": "b"}
    refused = ask(console, **form)
    assert refused.status_code == 400
    assert refused.json()["error"] == "unsupported_grant_type"
