"""What a publisher types is never lost: not by a reload, not when a session ends."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.managing import make_product, manage
from tests.browser.publishing import done, open_publisher
from tests.journeys.running import Running

RESTORED = "What you had typed is here again"


@pytest.fixture
def form(open_page: OpenPage, site: Running) -> Page:
    """A form with something typed into it."""
    page = open_publisher(open_page, site, "/named-values?new=1")
    page.get_by_role("textbox", name="Name").fill("drafted")
    page.get_by_role("textbox", name="Value").fill("as I typed it")
    return page


def test_a_session_that_ends_in_mid_form_loses_nothing(
    form: Page, site: Running
) -> None:
    form.context.clear_cookies(name="bramka-session")
    form.get_by_role("button", name="Create").click()
    dialog = form.get_by_role("dialog", name="Sign in again")
    dialog.get_by_role("textbox", name="Password").fill(site.demo["admin"]["password"])
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    form.get_by_role("button", name="Create").click()
    done(form, "“drafted” was created.")
    told = manage(site, "GET", "/namedValues/drafted")["properties"]
    assert told["value"] == "as I typed it"
    manage(site, "DELETE", "/namedValues/drafted")


def test_a_reload_keeps_what_was_typed_until_it_is_discarded(form: Page) -> None:
    form.reload()
    expect(form.get_by_text(RESTORED)).to_be_visible()
    expect(form.get_by_role("textbox", name="Value")).to_have_value("as I typed it")
    form.get_by_role("button", name="Discard them").click()
    expect(form.get_by_role("textbox", name="Name")).to_have_value("")
    form.reload()
    expect(form.get_by_role("textbox", name="Name")).to_have_value("")
    expect(form.get_by_text(RESTORED)).to_have_count(0)


def test_a_secret_is_not_kept_over_a_reload(form: Page) -> None:
    form.get_by_role("switch").check()
    form.get_by_role("textbox", name="Value").fill("s3cret!")
    kept = form.evaluate("JSON.stringify({...sessionStorage})")
    assert "drafted" in kept
    assert "s3cret!" not in kept
    assert "as I typed it" not in kept


def test_a_draft_tells_what_somebody_else_has_changed(
    open_page: OpenPage, site: Running
) -> None:
    make_product(site, "shared")
    page = open_publisher(open_page, site, "/products/shared")
    page.get_by_label("Description").fill("As I see it")
    named = {"properties": {"description": "As they see it"}}
    manage(site, "PATCH", "/products/shared", named)
    page.reload()
    expect(page.get_by_text("has changed this meanwhile: Description")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("As I see it")


def gone(route: Route) -> None:
    route.fulfill(status=404)


def test_a_page_that_is_open_while_the_console_is_upgraded_goes_on(
    site: Running, browser: Browser
) -> None:
    # Not in the strict page: a part that is gone is an error in any browser's console.
    context = browser.new_context(base_url=site.run["console_url"], locale="en-GB")
    page = context.new_page()
    sign_in(page, site.demo["admin"], "/publisher/apis/azureml-demo/settings")
    address = page.get_by_role("textbox", name="Web service URL")
    address.fill("http://typed.example.test")
    # The server's page begins with another script than this one, then; the part for
    # users has gone, and the page that is loaded anew finds its own.
    page.evaluate("document.querySelector('script[src]').src = '/before.js'")
    page.route("**/assets/UsersPage-*.js", gone, times=1)
    page.get_by_role("link", name="Users").click()
    expect(page.get_by_text("A new version is here")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    page.goto("/publisher/apis/azureml-demo/settings")
    expect(address).to_have_value("http://typed.example.test")
    context.close()
