"""Odd things sent on purpose: refused with a clear error, on both databases."""

from tests.portals.browser import BASE, PASSWORD, Portal

from bramka.store import account

NUL = "\x00"
ODD: tuple[tuple[str, str, object], ...] = (
    ("POST", "/session", {"email": f"{NUL}@x.y", "password": PASSWORD}),
    ("POST", "/session", {"email": "ann@example.com", "password": NUL * 9}),
    ("POST", "/session", [1]),
    ("POST", "/session", None),
    ("POST", "/account", {"email": "a@b.c", "password": PASSWORD, "firstName": NUL}),
    ("POST", "/account/confirm", {"token": NUL}),
    ("POST", "/account/confirm", {"token": ""}),
    ("POST", "/account/reset", {"email": "x" * 5000}),
    ("POST", "/account/email", {"email": "b@c.d", "password": NUL * 9}),
    ("POST", "/account/password", {"current": "x", "new": "y" * 300}),
    ("PATCH", "/account", {"firstName": NUL}),
    ("PATCH", "/account", {"language": NUL}),
    ("DELETE", "/account/sessions/%00", None),
    ("DELETE", "/account/sessions/..%2f..%2f1", None),
    ("GET", "/session/providers/%00/start", None),
    ("GET", "/session/providers/aad/callback?code=x&state=y", None),
    ("GET", "/session/delegation/%00", None),
    ("GET", "/signin-sso?token=%00", None),
    ("PUT", "/session", {}),
)


async def test_odd_calls_are_refused_and_break_nothing(each_portal: Portal) -> None:
    each_portal.add_user("ann")
    browser = each_portal.browser()
    await browser.sign_in("ann@example.com")
    for method, path, body in ODD:
        answer = await browser.ask(method, path, body)
        assert 300 <= answer.status_code < 500, (method, path, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["error"]["message"]
    assert await browser.who() is not None


async def test_a_body_that_is_no_text_is_refused_at_every_door(portal: Portal) -> None:
    portal.add_user("ann")
    with portal.store.writing() as transaction:
        account.set_role(transaction, "ann", "owner")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/json"}
    tag = f"{BASE}/tags/red?api-version=2024-05-01"
    for method, path, body in (
        ("POST", "/session", b'{"email": "\xff"}'),
        ("PATCH", "/account", b'{"firstName": "\xff"}'),
        ("POST", "/developer/console/send", b'{"url": "\xff"}'),
        ("PUT", tag, b'{"properties": {"displayName": "\xff"}}'),
        ("PUT", tag, b'{"properties": {"format": "\xff-link"}}'),
    ):
        answer = await browser.client.request(
            method, path, content=body, headers=headers
        )
        assert answer.status_code == 400, (path, answer.text)
        assert "UTF-8" in answer.text, (path, answer.text)


async def test_odd_cookies_are_nobody(each_portal: Portal) -> None:
    for cookie in (
        b"x" * 5000,
        b"%00",
        b"\xe9\xff",
        b'"quoted"',
        b"a=b; bramka-session=",
    ):
        answer = await each_portal.browser().client.get(
            "/session", headers={b"Cookie": b"bramka-session=" + cookie}
        )
        assert answer.status_code == 200
        assert answer.json()["user"] is None


async def test_other_peoples_ids_open_nothing(portal: Portal) -> None:
    portal.add_user("ann")
    portal.add_user("eve")
    ann, eve = portal.browser(), portal.browser()
    await ann.sign_in("ann@example.com")
    await eve.sign_in("eve@example.com")
    listed = (await ann.ask("GET", "/account/sessions")).json()["value"]
    path = f"/account/sessions/{listed[0]['id']}"
    assert (await eve.ask("DELETE", path)).status_code == 404
    # A session's id, unlike its token, is told to its owner and opens nothing.
    thief = portal.browser()
    thief.client.cookies.set("bramka-session", listed[0]["id"], domain="portal.test")
    assert await thief.who() is None
    swapped = portal.browser()
    swapped.client.cookies.set("bramka-session", ann.csrf, domain="portal.test")
    assert await swapped.who() is None
