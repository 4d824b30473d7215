"""Accounts, subscriptions and their keys, from sign-up to the last call."""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.managing import link_in_mail, make_product, manage
from tests.journeys.running import ARTICLE_BODY, PATIENCE, Running

PASSWORD = "a long enough password"


def sign_up(page: Page, email: str) -> None:
    page.goto("/signup")
    page.get_by_label("First name").fill("Ewa")
    page.get_by_label("Last name").fill("Nowak")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")


def test_from_sign_up_to_ones_own_usage(page: Page, site: Running) -> None:
    email = "ewa@example.org"
    make_product(
        site, "careful", approvalRequired=True, subscriptionsLimit=1, terms="Be kind."
    )
    sign_up(page, email)
    page.goto(link_in_mail(site, email, "confirm"))
    expect(page).to_have_url(re.compile("/confirm$"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Your account works now")).to_be_visible()

    page.get_by_role("link", name="careful").click()
    subscribe = page.get_by_role("button", name="Subscribe")
    expect(subscribe).to_be_disabled()
    page.get_by_label("I accept the terms of use").check()
    page.get_by_label("Subscription name").fill("Ewa's reviews")
    subscribe.click()
    row = page.get_by_role("row", name="Ewa's reviews")
    expect(row).to_contain_text("waiting")

    submitted = "/subscriptions?$filter=state%20eq%20'submitted'"
    found = manage(site, "GET", submitted)["value"]
    (waiting,) = [s for s in found if s["properties"]["displayName"].startswith("Ewa")]
    body = {"properties": {"state": "active"}}
    manage(site, "PATCH", f"/subscriptions/{waiting['name']}", body)
    page.reload()
    expect(row).to_contain_text("active")
    row.get_by_role("button", name="Show Primary key, Ewa's reviews").click()
    shown = row.locator("code").first
    expect(shown).to_have_text(re.compile(r"[0-9a-f]{32}"))
    key = shown.inner_text()
    assert site.execute(key, ARTICLE_BODY).status == 200

    page.get_by_role("link", name="Usage").click()

    def calls() -> str:
        return page.get_by_text("Calls", exact=True).first.locator("..").inner_text()

    deadline = time.monotonic() + PATIENCE
    while calls().split()[-1] == "0" and time.monotonic() < deadline:
        page.wait_for_timeout(250)
        page.reload()
        expect(page.get_by_text("Response time").first).to_be_visible()
    assert calls().split()[-1] == "1"
    expect(page.get_by_role("img", name="Calls")).to_be_visible()
    table = page.get_by_role("table", name="By operation")
    expect(table).to_contain_text("RRS Execute")
    expect(page.get_by_role("table", name="By API")).to_contain_text("AzureML Demo API")


@pytest.fixture
def owner(page: Page, site: Running) -> Page:
    """A page of a developer with one subscription of their own."""
    make_product(site, "playing")
    manage(
        site,
        "PUT",
        "/users/olga",
        {
            "properties": {
                "email": "olga@example.org",
                "firstName": "Olga",
                "lastName": "Kos",
                "password": PASSWORD,
                "state": "active",
            }
        },
    )
    for old in manage(site, "GET", "/users/olga/subscriptions")["value"]:
        manage(site, "DELETE", f"/subscriptions/{old['name']}")
    manage(
        site,
        "PUT",
        "/subscriptions/olgas",
        {
            "properties": {
                "displayName": "First",
                "scope": "/products/playing",
                "ownerId": "/users/olga",
                "state": "active",
            }
        },
    )
    person = {"email": "olga@example.org", "password": PASSWORD}
    sign_in(page, person, "/my/subscriptions")
    return page


def test_a_subscription_is_renamed_renewed_and_cancelled(
    owner: Page, site: Running
) -> None:
    page = owner
    page.get_by_role("button", name="Actions for First").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Second")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=re.compile("^Second"))
    row.get_by_role("button", name="Show Primary key, Second").click()
    shown = row.locator("code").first
    expect(shown).to_have_text(re.compile("[0-9a-f]{32}"))
    old = shown.inner_text()
    assert site.execute(old).status == 200

    page.get_by_role("button", name="Actions for Second").click()
    page.get_by_role("menuitem", name="Regenerate primary key").click()
    page.get_by_role("dialog").get_by_role("button", name="Regenerate").click()
    expect(
        page.get_by_text("The key is new; the old one no longer works")
    ).to_be_visible()
    expect(shown).not_to_have_text(old)
    row.get_by_role("button", name="Show Primary key, Second").click()
    expect(shown).to_have_text(re.compile("[0-9a-f]{32}"))
    assert shown.inner_text() != old

    page.get_by_role("button", name="Actions for Second").click()
    page.get_by_role("menuitem", name="Cancel subscription").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Cancel the subscription “Second”?")
    dialog.get_by_role("button", name="Cancel subscription").click()
    expect(row).to_contain_text("cancelled")


def test_a_session_that_ends_is_renewed_without_losing_the_page(
    owner: Page, site: Running
) -> None:
    page = owner
    page.goto("/apis/azureml-demo/issues")
    page.get_by_role("button", name="Report an issue").click()
    page.get_by_label("Title").fill("A long story")
    page.get_by_label("Description").fill("Once upon a time")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("E-mail")).to_have_value("olga@example.org")
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Title")).to_have_value("A long story")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="A long story")).to_be_visible()


def test_somebody_blocked_is_out_at_the_next_click(owner: Page, site: Running) -> None:
    page = owner
    expect(page.get_by_role("row", name="First")).to_be_visible()
    body = {"properties": {"state": "blocked"}}
    manage(site, "PATCH", "/users/olga", body)
    page.get_by_role("button", name="Actions for First").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Mine")
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This account is blocked")


def test_a_wrong_password_is_told_and_a_forgotten_one_replaced(
    page: Page, site: Running
) -> None:
    email = "piotr@example.org"
    manage(
        site,
        "PUT",
        "/users/piotr",
        {
            "properties": {
                "email": email,
                "firstName": "Piotr",
                "lastName": "Lis",
                "password": PASSWORD,
                "state": "active",
            }
        },
    )
    page.goto("/signin")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill("not the right one")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text(
        re.compile("E-mail and password do not match.")
    )
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("status").filter(has_text=email)).to_be_visible()
    page.goto(link_in_mail(site, email, "reset"))
    page.get_by_role("textbox", name="New password").fill("another fine password")
    page.get_by_role("button", name="Change password").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill("another fine password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Piotr Lis, account")).to_be_visible()


def test_an_account_changes_its_name_and_is_deleted(
    open_page: OpenPage, site: Running
) -> None:
    person = {"email": "iga@example.org", "password": PASSWORD}
    manage(
        site,
        "PUT",
        "/users/iga",
        {
            "properties": {
                **person,
                "firstName": "Iga",
                "lastName": "Wilk",
                "state": "active",
            }
        },
    )
    page = open_page()
    sign_in(page, person, "/profile")
    you = page.get_by_role("region", name="You")
    you.get_by_label("Last name").fill("Wilczek")
    you.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Iga Wilczek, account")).to_be_visible()
    expect(page.get_by_text("this one")).to_be_visible()
    closing = page.get_by_role("region", name="Delete account")
    closing.get_by_role("textbox", name="Current password").fill(PASSWORD)
    closing.get_by_role("button", name="Delete account").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete account").click()
    header = page.get_by_role("banner")
    expect(header.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page).to_have_url(re.compile("/$"))
