"""Accounts: from sign-up to farewell, with every link used and misused."""

import asyncio
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from tests.portals.browser import BASE, PASSWORD, Browser, Portal

from bramka.domain.traffic.account_session import LINK_SECONDS
from bramka.domain.traffic.portal import PortalSetting, Terms
from bramka.domain.traffic.subscription import Subscription
from bramka.store import account, subscription, user
from bramka.store.account_link import ACCOUNT_LINK
from bramka.store.portal import PORTAL_SETTINGS
from bramka.store.user import USERS

CONFIRM = "confirmSignUpIdentityDefault"
RESET = "passwordResetIdentityDefault"
ANN = {
    "email": "ann@example.com",
    "password": PASSWORD,
    "firstName": "Ann",
    "lastName": "Test",
}


async def join(portal: Portal, **more: Any) -> httpx2.Response:
    return await portal.browser().ask("POST", "/account", ANN | more)


def code_of(answer: httpx2.Response) -> str:
    return str(answer.json()["error"]["code"])


async def signed_in(portal: Portal, name: str = "ann") -> Browser:
    portal.add_user(name)
    browser = portal.browser()
    await browser.sign_in(f"{name}@example.com")
    return browser


async def test_who_signs_up_confirms_the_address_and_is_in(each_portal: Portal) -> None:
    assert (await join(each_portal, language="pl")).status_code == 202
    browser = each_portal.browser()
    assert code_of(await browser.sign_in("ann@example.com")) == "AccountPending"
    token = each_portal.link_token(CONFIRM)
    told = (await browser.ask("POST", "/account/confirm", {"token": token})).json()
    assert told["user"]["state"] == "active"
    assert (told["user"]["groups"], told["language"]) == (["developers"], "pl")
    assert each_portal.letters()[-1].template == "newDeveloperNotificationMessage"
    assert (await each_portal.browser().sign_in("ann@example.com")).status_code == 200


async def test_signing_up_takes_nothing_but_what_is_asked(portal: Portal) -> None:
    extra = {"role": "owner", "state": "active", "groups": ["administrators"]}
    assert (await join(portal, **extra)).status_code == 202
    with portal.store.reading() as transaction:
        found = user.by_email(transaction, "ann@example.com")
        assert found is not None
        assert (found.noun.state, found.noun.groups) == ("pending", ("developers",))
        assert account.find(transaction, found.noun.id).role is None


async def test_one_address_makes_one_account_however_many_ask(
    each_portal: Portal,
) -> None:
    browsers = [each_portal.browser(f"192.0.2.{number}") for number in range(3)]
    answers = await asyncio.gather(
        *(one.ask("POST", "/account", ANN) for one in browsers)
    )
    assert [one.status_code for one in answers] == [202, 202, 202]
    with each_portal.store.reading() as transaction:
        same = USERS.column.email == "ann@example.com"
        assert USERS.count(transaction, same) == 1
    assert [one.template for one in each_portal.letters()] == [CONFIRM] * 3


async def test_a_link_works_once(each_portal: Portal) -> None:
    await join(each_portal)
    token = {"token": each_portal.link_token(CONFIRM)}
    answers = await asyncio.gather(
        *(each_portal.browser().ask("POST", "/account/confirm", token) for _ in "1234")
    )
    assert sorted(one.status_code for one in answers) == [200, 400, 400, 400]
    again = await each_portal.browser().ask("POST", "/account/confirm", token)
    assert code_of(again) == "LinkInvalid"


async def test_a_link_expires(portal: Portal) -> None:
    await join(portal)
    token = {"token": portal.link_token(CONFIRM)}
    portal.clock.advance(LINK_SECONDS["confirm"])
    late = await portal.browser().ask("POST", "/account/confirm", token)
    assert code_of(late) == "LinkInvalid"


async def test_a_link_opens_only_what_it_is_for(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.ask("POST", "/account/reset", {"email": "ann@example.com"})
    token = {"token": portal.link_token(RESET)}
    for path in ("/account/confirm", "/account/email/confirm"):
        assert code_of(await browser.ask("POST", path, token)) == "LinkInvalid"
    both = token | {"password": "another password"}
    wrong = await browser.ask("POST", "/account/invitation/confirm", both)
    assert code_of(wrong) == "LinkInvalid"


async def test_a_newer_link_makes_the_older_one_worthless(portal: Portal) -> None:
    await join(portal)
    old = {"token": portal.link_token(CONFIRM)}
    await portal.browser().ask("POST", "/account/resend", {"email": ANN["email"]})
    new = {"token": portal.link_token(CONFIRM)}
    browser = portal.browser()
    assert code_of(await browser.ask("POST", "/account/confirm", old)) == "LinkInvalid"
    assert (await browser.ask("POST", "/account/confirm", new)).status_code == 200


async def test_links_are_kept_as_digests_and_mails_encrypted(portal: Portal) -> None:
    await join(portal)
    token = portal.link_token(CONFIRM)
    with portal.store.reading() as transaction:
        rows = transaction.connection.execute(select(ACCOUNT_LINK)).all()
        raw = transaction.connection.exec_driver_sql("SELECT * FROM mail").all()
    assert rows
    assert token not in str(rows)
    assert bytes.fromhex(token) not in rows[0]
    assert token not in str(raw)


@pytest.mark.parametrize("path", ["/account/reset", "/account/resend"])
async def test_a_mail_asked_for_tells_nothing_of_who_is_there(
    portal: Portal, path: str
) -> None:
    portal.add_user("ann", "pending" if path.endswith("resend") else "active")
    browser = portal.browser()
    known = await browser.ask("POST", path, {"email": "ann@example.com"})
    unknown = await browser.ask("POST", path, {"email": "eve@example.com"})
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert {*known.headers} == {*unknown.headers}
    assert [one.recipient for one in portal.letters()] == ["ann@example.com"]
    with portal.store.reading() as transaction:
        rows = transaction.connection.exec_driver_sql(
            "SELECT state FROM mail ORDER BY id"
        ).all()
        assert [row[0] for row in rows] == ["waiting", "dropped"]


async def test_signing_up_again_tells_the_owner_of_the_address_only(
    portal: Portal,
) -> None:
    portal.add_user("ann")
    first = await join(portal, email="new@example.com")
    again = await join(portal, password="another password")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert portal.letters()[-1].template == RESET
    assert (await portal.browser().sign_in("ann@example.com")).status_code == 200
    wrong = await portal.browser().sign_in("ann@example.com", "another password")
    assert wrong.status_code == 401


async def test_nobody_is_flooded_with_mails(portal: Portal) -> None:
    portal.add_user("ann")
    statuses = []
    for number in range(5):
        browser = portal.browser(f"192.0.2.{number}")
        answer = await browser.ask("POST", "/account/reset", {"email": ANN["email"]})
        statuses.append(answer.status_code)
    assert statuses == [202, 202, 202, 429, 429]


async def test_a_reset_changes_the_password_and_ends_all_sessions(
    each_portal: Portal,
) -> None:
    old = await signed_in(each_portal)
    browser = each_portal.browser()
    await browser.ask("POST", "/account/reset", {"email": "ANN@example.com"})
    given = {"token": each_portal.link_token(RESET), "password": "another password"}
    assert (await browser.ask("POST", "/account/reset/confirm", given)).is_success
    assert await browser.who() is not None
    assert await old.who() is None
    assert code_of(await browser.ask("POST", "/account/reset/confirm", given)) == (
        "LinkInvalid"
    )
    fresh = each_portal.browser()
    assert (await fresh.sign_in("ann@example.com")).status_code == 401
    assert (await fresh.sign_in("ann@example.com", "another password")).is_success


async def test_a_password_that_is_refused_does_not_use_up_the_link(
    portal: Portal,
) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.ask("POST", "/account/reset", {"email": "ann@example.com"})
    given = {"token": portal.link_token(RESET), "password": "short"}
    refused = await browser.ask("POST", "/account/reset/confirm", given)
    assert code_of(refused) == "ValidationError"
    given["password"] = "long enough by now"
    assert (await browser.ask("POST", "/account/reset/confirm", given)).is_success


async def test_a_locked_account_is_opened_by_mail(portal: Portal) -> None:
    portal.add_user("ann")
    for _ in range(5):
        await portal.browser("203.0.113.9").sign_in("ann@example.com", "a guess here")
    browser = portal.browser()
    assert (await browser.sign_in("ann@example.com")).status_code == 429
    await browser.ask("POST", "/account/reset", {"email": "ann@example.com"})
    given = {"token": portal.link_token(RESET), "password": PASSWORD}
    await browser.ask("POST", "/account/reset/confirm", given)
    assert (await portal.browser().sign_in("ann@example.com")).status_code == 200


async def test_who_is_blocked_gets_no_link_and_uses_none(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.ask("POST", "/account/reset", {"email": "ann@example.com"})
    given = {"token": portal.link_token(RESET), "password": "another password"}
    portal.add_user("ann", "blocked")
    refused = await browser.ask("POST", "/account/reset/confirm", given)
    assert code_of(refused) == "LinkInvalid"
    await browser.ask("POST", "/account/reset", {"email": "ann@example.com"})
    assert len(portal.letters()) == 1


async def test_who_is_invited_sets_a_password(portal: Portal) -> None:
    with portal.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
    owner = portal.browser()
    await owner.sign_in("admin@example.com")
    given = {"firstName": "Bea", "lastName": "Test", "email": "bea@example.com"}
    path = f"{BASE}/users/bea?api-version=2024-05-01"
    made = await owner.ask(
        "PUT", path, {"properties": given | {"confirmation": "invite"}}
    )
    assert made.status_code == 201
    accepted = {
        "token": portal.link_token("inviteUserNotificationMessage"),
        "password": PASSWORD,
        "firstName": "Beatrice",
    }
    browser = portal.browser()
    told = await browser.ask("POST", "/account/invitation/confirm", accepted)
    assert told.json()["user"]["firstName"] == "Beatrice"
    assert (await portal.browser().sign_in("bea@example.com")).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {"email": "ann@example.com\r\nBcc: eve@example.com"},
        {"email": "ann@example.com, eve@example.com"},
        {"email": "Ann <ann@example.com>"},
        {"email": "ann"},
        {"email": "änn@example.com"},
        {"email": "a" * 250 + "@example.com"},
        {"firstName": "Ann\r\nBcc: eve@example.com"},
        {"firstName": "A\u202enn"},
        {"firstName": "   "},
        {"lastName": "T" * 101},
        {"password": "short"},
        {"password": "ANN@example.com"},
        {"language": "xx"},
        {"email": 5},
    ],
)
async def test_what_cannot_be_is_refused(portal: Portal, given: dict[str, Any]) -> None:
    answer = await join(portal, **given)
    assert answer.status_code == 400
    assert portal.letters() == []


async def test_terms_that_must_be_accepted_are_asked_for(portal: Portal) -> None:
    terms = Terms(text="Be kind.", enabled=True, consent_required=True)
    setting = PortalSetting(id="signup", enabled=True, terms_of_service=terms)
    with portal.store.writing() as transaction:
        PORTAL_SETTINGS.put(transaction, setting)
    told = (await portal.browser().ask("GET", "/session")).json()
    assert told["site"]["signUp"]["terms"]["text"] == "Be kind."
    assert code_of(await join(portal)) == "TermsNotAccepted"
    assert (await join(portal, termsAccepted=True)).status_code == 202


async def test_where_sign_up_is_off_nobody_signs_up(portal: Portal) -> None:
    with portal.store.writing() as transaction:
        PORTAL_SETTINGS.put(transaction, PortalSetting(id="signup", enabled=False))
    told = (await portal.browser().ask("GET", "/session")).json()
    assert told["site"]["signUp"]["enabled"] is False
    assert code_of(await join(portal)) == "SignUpClosed"


async def test_people_change_their_names_and_nothing_else(each_portal: Portal) -> None:
    browser = await signed_in(each_portal)
    given = {"firstName": "Anna", "language": "pl"}
    told = (await browser.ask("PATCH", "/account", given)).json()
    assert (told["firstName"], told["lastName"], told["language"]) == (
        "Anna",
        "Test",
        "pl",
    )
    for name, value in (
        ("role", "owner"),
        ("state", "active"),
        ("email", "eve@example.com"),
        ("groups", ["administrators"]),
        ("id", "1"),
    ):
        refused = await browser.ask("PATCH", "/account", {name: value})
        assert refused.status_code == 400
    found = await browser.who()
    assert found is not None
    assert (found["role"], found["email"]) == (None, "ann@example.com")


async def test_a_new_password_ends_the_other_sessions(portal: Portal) -> None:
    browser = await signed_in(portal)
    other = portal.browser()
    await other.sign_in("ann@example.com")
    wrong = {"current": "not the password", "new": "another password"}
    assert code_of(await browser.ask("POST", "/account/password", wrong)) == (
        "PasswordWrong"
    )
    right = {"current": PASSWORD, "new": "another password"}
    assert (await browser.ask("POST", "/account/password", right)).status_code == 204
    assert await browser.who() is not None
    assert await other.who() is None


async def test_a_new_address_counts_once_it_is_confirmed(portal: Portal) -> None:
    browser = await signed_in(portal)
    given = {"email": "anna@example.org", "password": PASSWORD}
    assert (await browser.ask("POST", "/account/email", given)).status_code == 202
    letter = portal.letters()[-1]
    assert (letter.recipient, letter.template) == (
        "anna@example.org",
        "emailChangeIdentityDefault",
    )
    assert (await portal.browser().sign_in("anna@example.org")).status_code == 401
    token = {"token": portal.link_token("emailChangeIdentityDefault")}
    told = (await browser.ask("POST", "/account/email/confirm", token)).json()
    assert told["user"]["email"] == "anna@example.org"
    assert (await portal.browser().sign_in("anna@example.org")).status_code == 200
    assert (await portal.browser().sign_in("ann@example.com")).status_code == 401


async def test_the_address_of_somebody_else_cannot_be_taken_nor_found_out(
    portal: Portal,
) -> None:
    browser = await signed_in(portal)
    portal.add_user("bob")
    given = {"email": "bob@example.com", "password": PASSWORD}
    assert (await browser.ask("POST", "/account/email", given)).status_code == 202
    assert portal.letters() == []


async def test_people_see_and_end_their_own_sessions_only(portal: Portal) -> None:
    browser = await signed_in(portal)
    other = portal.browser(agent="tablet")
    await other.sign_in("ann@example.com")
    eve = await signed_in(portal, "eve")
    rows = (await browser.ask("GET", "/account/sessions")).json()["value"]
    assert {one["agent"]: one["current"] for one in rows} == {
        "b": True,
        "tablet": False,
    }
    wanted = next(one["id"] for one in rows if not one["current"])
    assert (await eve.ask("DELETE", f"/account/sessions/{wanted}")).status_code == 404
    assert await other.who() is not None
    done = await browser.ask("DELETE", f"/account/sessions/{wanted}")
    assert done.status_code == 204
    assert await other.who() is None


async def test_a_closed_account_leaves_no_name_and_no_key(portal: Portal) -> None:
    browser = await signed_in(portal)
    with portal.store.writing() as transaction:
        keys = subscription.Keys("a" * 32, "b" * 32)
        noun = Subscription(id="held", scope="/products/starter", owner_id="ann")
        subscription.put(transaction, noun, keys)
    portal.clock.advance(601)
    assert code_of(await browser.ask("DELETE", "/account")) == "PasswordWrong"
    given = {"password": PASSWORD}
    assert (await browser.ask("DELETE", "/account", given)).status_code == 204
    assert await browser.who() is None
    with portal.store.reading() as transaction:
        kept = USERS.get(transaction, "ann").noun
        held = subscription.SUBSCRIPTIONS.get(transaction, "held").noun
    assert (kept.state, kept.first_name) == ("deleted", "Closed")
    assert "example.com" not in str(kept)
    assert held.state == "cancelled"
    assert portal.letters()[-1].recipient == "ann@example.com"
    assert (await join(portal)).status_code == 202


async def test_the_only_owner_stays(portal: Portal) -> None:
    with portal.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
    browser = portal.browser()
    await browser.sign_in("admin@example.com")
    assert (await browser.ask("DELETE", "/account")).status_code == 409


async def test_a_guest_has_no_account(portal: Portal) -> None:
    browser = portal.browser()
    for method, path in (
        ("GET", "/account"),
        ("PATCH", "/account"),
        ("DELETE", "/account"),
        ("GET", "/account/sessions"),
    ):
        assert (await browser.ask(method, path, {})).status_code == 401


async def test_what_people_change_is_in_the_audit_log_without_secrets(
    portal: Portal,
) -> None:
    await join(portal)
    token = portal.link_token(CONFIRM)
    browser = portal.browser()
    await browser.ask("POST", "/account/confirm", {"token": token})
    given = {"current": PASSWORD, "new": "another password"}
    await browser.ask("POST", "/account/password", given)
    with portal.store.reading() as transaction:
        rows = transaction.connection.exec_driver_sql("SELECT * FROM audit").all()
    for path in ("/account", "/account/confirm", "/account/password"):
        assert any(path in row for row in rows)
    assert not any(one in str(rows) for one in (PASSWORD, token, "another password"))
