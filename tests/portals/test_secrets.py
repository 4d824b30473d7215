"""Nothing that opens an account is written where others read."""

import logging
from pathlib import Path

import pytest
from tests.portals.browser import PASSWORD, Portal

NEW = "quite another password"


async def test_no_log_tells_a_secret(
    portal: Portal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    portal.add_user("ann")
    browser = portal.browser()
    for password in ("wrong " + NEW, PASSWORD):
        await browser.sign_in("ann@example.com", password)
    cookie, csrf = browser.cookie, browser.csrf
    await browser.ask("POST", "/account/reset", {"email": "ann@example.com"})
    token = portal.link_token("passwordResetIdentityDefault")
    given = {"token": token, "password": NEW}
    for _ in range(2):
        await browser.ask("POST", "/account/reset/confirm", given)
    await browser.ask("GET", f"/signin-sso?token={token}")
    broken = b'{"email": "ann@example.com", "password": "' + NEW.encode()
    kind = {"Content-Type": "application/json"}
    answer = await browser.client.post("/session", content=broken, headers=kind)
    assert answer.status_code == 400
    # The browser of this test writes down where it goes; that is none of ours.
    ours = [one for one in caplog.records if not one.name.startswith("httpx2")]
    told = "\n".join(one.getMessage() for one in ours) + answer.text
    for secret in (PASSWORD, NEW, cookie, csrf, token):
        assert secret not in told


async def test_no_error_repeats_what_was_typed_as_a_password(portal: Portal) -> None:
    browser = portal.browser()
    for password in (5, ["hush hush"], "x" * 300 + "hush hush"):
        body = {"email": "ann@example.com", "password": password}
        answer = await browser.ask("POST", "/session", body)
        assert answer.status_code == 400
        assert "hush" not in answer.text


async def test_every_refusal_has_the_one_shape(portal: Portal) -> None:
    browser = portal.browser()
    for method, path in (
        ("POST", "/session"),
        ("POST", "/account"),
        ("POST", "/account/confirm"),
        ("POST", "/account/reset/confirm"),
        ("GET", "/account"),
        ("GET", "/session/delegation/nothing"),
    ):
        answer = await browser.ask(method, path, {} if method == "POST" else None)
        assert answer.status_code in (400, 401)
        error = answer.json()["error"]
        assert {"code", "message"} <= set(error)
        assert error["message"].endswith((".", "`"))


@pytest.mark.parametrize("size", [70_000])
async def test_a_body_that_is_too_large_is_refused(portal: Portal, size: int) -> None:
    body = {"email": "a" * size, "password": "b"}
    answer = await portal.browser().ask("POST", "/session", body)
    assert answer.status_code == 400
    assert "larger than" in answer.text
