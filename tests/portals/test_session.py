"""Signing in and out, sessions and their ends."""

import asyncio
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import select
from tests.databases import new_database
from tests.portals.browser import PASSWORD, Portal, running_portal

from bramka.domain.traffic.account_session import IDLE_SECONDS, LONGEST_SECONDS
from bramka.store import account, user
from bramka.store.session import SESSION
from bramka.store.user import USERS


async def test_who_signs_in_is_known_from_then_on(each_portal: Portal) -> None:
    each_portal.add_user("ann")
    browser = each_portal.browser()
    assert await browser.who() is None
    answer = await browser.sign_in("ANN@example.com")
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "ann@example.com"
    found = await browser.who()
    assert found is not None
    assert (found["role"], found["groups"]) == (None, ["developers"])


async def test_the_cookie_is_closed_to_scripts_and_other_sites(portal: Portal) -> None:
    portal.add_user("ann")
    answer = await portal.browser().sign_in("ann@example.com")
    flags = answer.headers["set-cookie"].lower()
    assert flags.startswith("bramka-session=")
    for flag in ("httponly", "samesite=lax", "path=/"):
        assert flag in flags
    assert "secure" not in flags
    assert "domain" not in flags
    assert answer.headers["cache-control"] == "no-store"


async def test_over_https_the_cookie_is_bound_to_the_host(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_portal(url, tmp_path, "https://portal.test") as portal,
    ):
        portal.add_user("ann")
        browser = portal.browser()
        answer = await browser.sign_in("ann@example.com")
        flags = answer.headers["set-cookie"].lower()
        assert flags.startswith("__host-bramka-session=")
        assert "; secure" in flags
        assert await browser.who() is not None
        token = browser.client.cookies.get("__Host-bramka-session")
        other = portal.browser()
        other.client.cookies.set("bramka-session", token or "")
        assert await other.who() is None


async def test_a_session_planted_before_signing_in_is_not_taken_over(
    portal: Portal,
) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    browser.client.cookies.set("bramka-session", "f" * 64, domain="portal.test")
    await browser.sign_in("ann@example.com")
    planted = portal.browser()
    planted.client.cookies.set("bramka-session", "f" * 64, domain="portal.test")
    assert await planted.who() is None


async def test_signing_in_again_ends_the_session_before(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    first = browser.cookie
    await browser.sign_in("ann@example.com")
    assert browser.cookie != first
    old = portal.browser()
    old.client.cookies.set("bramka-session", first, domain="portal.test")
    assert await old.who() is None


async def test_signing_out_ends_the_session_everywhere(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    copied = portal.browser()
    copied.client.cookies.set("bramka-session", browser.cookie, domain="portal.test")
    assert await copied.who() is not None
    assert (await browser.ask("DELETE", "/session")).status_code == 204
    assert browser.cookie == ""
    assert await copied.who() is None


async def test_a_change_without_the_csrf_token_is_refused(portal: Portal) -> None:
    portal.add_user("ann")
    portal.add_user("bob")
    browser, other = portal.browser(), portal.browser()
    await browser.sign_in("ann@example.com")
    await other.sign_in("bob@example.com")
    for token in ("", "0" * 64, other.csrf):
        answer = await browser.ask(
            "DELETE", "/session", headers={"X-CSRF-Token": token}
        )
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "CsrfTokenInvalid"
    assert await browser.who() is not None


async def test_a_form_of_another_site_cannot_sign_anybody_in(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    body = {"email": "ann@example.com", "password": PASSWORD}
    plain = {"Content-Type": "text/plain"}
    answer = await browser.ask("POST", "/session", body, plain)
    assert answer.status_code == 400
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = await browser.ask("POST", "/session", body, foreign)
    assert answer.status_code == 403
    assert browser.cookie == ""


async def test_an_idle_session_ends(each_portal: Portal) -> None:
    each_portal.add_user("ann")
    browser = each_portal.browser()
    await browser.sign_in("ann@example.com")
    each_portal.clock.advance(IDLE_SECONDS - 1)
    assert await browser.who() is not None
    each_portal.clock.advance(IDLE_SECONDS - 1)
    assert await browser.who() is not None
    each_portal.clock.advance(IDLE_SECONDS)
    assert await browser.who() is None
    assert browser.cookie == ""


async def test_a_session_in_use_ends_after_its_longest_time(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    steps = int(LONGEST_SECONDS // 3600)
    for _ in range(0, steps - 1, 6):
        assert await browser.who() is not None
        portal.clock.advance(6 * 3600)
    portal.clock.advance(3600)
    assert await browser.who() is None


@pytest.mark.parametrize("state", ["blocked", "pending", "deleted"])
async def test_who_is_no_longer_active_is_out_at_once(
    portal: Portal, state: str
) -> None:
    ann = portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    with portal.store.writing() as transaction:
        changed = structs.replace(ann, state=state)
        USERS.replace(transaction, changed)
    assert await browser.who() is None


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("blocked", 403, "AccountBlocked"),
        ("pending", 403, "AccountPending"),
        ("deleted", 401, "SignInFailed"),
    ],
)
async def test_the_state_is_told_to_who_knows_the_password_only(
    portal: Portal, state: str, status: int, code: str
) -> None:
    portal.add_user("ann", state)
    browser = portal.browser()
    wrong = await browser.sign_in("ann@example.com", "not the password")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "SignInFailed")
    right = await browser.sign_in("ann@example.com")
    assert (right.status_code, right.json()["error"]["code"]) == (status, code)


async def test_an_unknown_account_answers_like_a_wrong_password(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    known = await browser.sign_in("ann@example.com", "not the password")
    unknown = await browser.sign_in("eve@example.com", "not the password")
    assert known.status_code == unknown.status_code == 401
    assert known.content == unknown.content
    assert {*known.headers} == {*unknown.headers}


async def test_the_token_is_not_in_the_database(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    with portal.store.reading() as transaction:
        row = transaction.connection.execute(select(SESSION)).one()
    assert browser.cookie not in map(str, row)
    assert bytes.fromhex(browser.cookie) not in row


async def test_five_wrong_passwords_lock_the_account_for_a_minute(
    each_portal: Portal,
) -> None:
    each_portal.add_user("ann")
    browser = each_portal.browser()
    for _ in range(5):
        answer = await browser.sign_in("ann@example.com", "not the password")
        assert answer.status_code == 401
    locked = await browser.sign_in("ann@example.com")
    assert locked.status_code == 429
    assert locked.json()["error"]["code"] == "TooManyAttempts"
    assert locked.headers["retry-after"] == "60"
    each_portal.clock.advance(60)
    assert (await browser.sign_in("ann@example.com")).status_code == 200


async def test_hammering_at_a_locked_account_does_not_keep_it_locked(
    portal: Portal,
) -> None:
    portal.add_user("ann")
    for number in range(5):
        attacker = portal.browser(f"198.51.100.{number}")
        await attacker.sign_in("ann@example.com", "not the password")
    for number in range(60):
        attacker = portal.browser(f"203.0.113.{number}")
        answer = await attacker.sign_in("ann@example.com", "not the password")
        assert answer.status_code == 429
        portal.clock.advance(1)
    assert (await portal.browser().sign_in("ann@example.com")).status_code == 200


async def test_attempts_at_once_get_no_more_looks_than_attempts_in_a_row(
    each_portal: Portal,
) -> None:
    each_portal.add_user("ann")
    browsers = [each_portal.browser(f"192.0.2.{number}") for number in range(12)]
    answers = await asyncio.gather(
        *(one.sign_in("ann@example.com", "not the password") for one in browsers)
    )
    statuses = [one.status_code for one in answers]
    assert (statuses.count(401), statuses.count(429)) == (5, 7)


async def test_unknown_accounts_lock_as_known_ones_do(portal: Portal) -> None:
    browser = portal.browser()
    for _ in range(5):
        await browser.sign_in("eve@example.com", "not the password")
    assert (await browser.sign_in("eve@example.com")).status_code == 429


async def test_an_address_that_tries_many_accounts_is_locked(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser("2001:db8::1")
    for number in range(30):
        await browser.sign_in(f"eve{number}@example.com", "not the password")
    neighbour = portal.browser("2001:db8::2")
    assert (await neighbour.sign_in("ann@example.com")).status_code == 429
    stranger = portal.browser("2001:db8:0:1::1")
    assert (await stranger.sign_in("ann@example.com")).status_code == 200


async def test_who_has_a_role_is_told_where_to_work(portal: Portal) -> None:
    with portal.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
        assert account.find(transaction, "1").role == "owner"
    browser = portal.browser()
    told = (await browser.sign_in("admin@example.com")).json()
    assert told["user"]["role"] == "owner"
    assert told["managementBase"].endswith("/service/demoazureml")


async def test_a_page_that_asks_in_polish_is_told_so(portal: Portal) -> None:
    browser = portal.browser()
    wish = {"Accept-Language": "de, pl-PL;q=0.9, en;q=0.1"}
    told = (await browser.ask("GET", "/session", headers=wish)).json()
    assert told["language"] == "pl"
    assert told["site"]["name"] == "Books"
