"""Members of a workspace: what their role there lets them do, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from tests.studio_rest.studio import Studio

from bramka.domain.traffic.account import Role
from bramka.domain.traffic.user import User
from bramka.store import account, user

PASSWORD = "correct horse battery"


def person(studio: Studio, name: str, role: Role | None = None) -> str:
    """Somebody who can sign in; the address."""
    email = f"{name}@example.com"
    made = User(id=name, email=email, first_name=name, last_name="Tester")
    with studio.store.writing() as transaction:
        user.put(transaction, made)
        user.set_password(transaction, name, PASSWORD)
        if role is not None:
            account.set_role(transaction, name, role)
    return email


@contextmanager
def browser(studio: Studio, email: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=studio.url, timeout=60) as client:
        csrf = client.get("/session").json()["csrf"]
        told = {"email": email, "password": PASSWORD}
        answer = client.post("/session", json=told, headers={"X-CSRF-Token": csrf})
        assert answer.is_success, answer.text
        client.headers["X-CSRF-Token"] = client.get("/session").json()["csrf"]
        yield client


@pytest.fixture(scope="module")
def grace(studio: Studio) -> str:
    return person(studio, "grace")


def invite(studio: Studio, email: str, role: str) -> None:
    body = {"Role": role, "Emails": email}
    assert studio.call("POST", "/invitations", body).is_success


def test_who_is_not_invited_stays_out(studio: Studio, grace: str) -> None:
    with browser(studio, grace) as client:
        refused = client.get(f"{studio.base}/datasources")
        assert refused.status_code == 403
        assert "ask its owner" in refused.json()["error"]["message"]
        assert client.get("/api/workspaces").json() == []


def test_a_user_works_in_the_workspace_and_does_not_change_who_may_enter(
    studio: Studio, grace: str
) -> None:
    # Addresses differ in case between those who invite and those who sign up.
    invite(studio, grace.upper(), "User")
    with browser(studio, grace) as client, studio.other() as other:
        made = client.post(f"{studio.base}/uploads", json={"DataTypeId": "Zip"})
        assert made.status_code == 201
        told = client.get(studio.base).json()
        assert told["AuthorizationToken"] is None
        refused = client.post(f"{studio.base}/tokens", json={})
        assert refused.status_code == 403
        listed = client.get("/api/workspaces").json()
        assert [each["WorkspaceId"] for each in listed] == [studio.workspace]
        assert client.get(f"{other.base}/datasources").status_code == 403


def test_an_owner_among_the_members_invites_and_sees_the_tokens(
    studio: Studio, grace: str
) -> None:
    invite(studio, grace, "Owner")
    with browser(studio, grace) as client:
        told = client.get(studio.base).json()
        assert told["AuthorizationToken"]["PrimaryToken"] == studio.token
        body = {"Role": "User", "Emails": "alan@example.com"}
        assert client.post(f"{studio.base}/invitations", json=body).is_success
    assert studio.call("DELETE", f"/users/{grace.upper()}").is_success
    with browser(studio, grace) as client:
        assert client.get(studio.base).status_code == 403


def test_the_greater_of_both_roles_counts(studio: Studio) -> None:
    email = person(studio, "katherine", "viewer")
    with browser(studio, email) as client, studio.other() as other:
        path = f"{studio.base}/uploads"
        assert client.post(path, json={"DataTypeId": "Zip"}).status_code == 403
        invite(studio, email, "User")
        assert client.post(path, json={"DataTypeId": "Zip"}).status_code == 201
        # As anybody who views, everywhere else.
        assert client.get(f"{other.base}/datasources").status_code == 200
        elsewhere = f"{other.base}/uploads"
        assert client.post(elsewhere, json={"DataTypeId": "Zip"}).status_code == 403
