"""The studio before somebody who may look at the workspace and no more."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import sign_in
from tests.browser.publishing import make_person
from tests.browser.studio_rest import demo_service
from tests.journeys.running import Running


def test_a_viewer_tests_a_service_with_a_key_that_was_given(
    page: Page, site: Running
) -> None:
    sign_in(page, make_person(site, "watching", "viewer"), face=None)
    page.goto(f"/studio/services/{demo_service(page)}")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Test", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Col2").fill("This is a good day")
    send = form.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    expect(form).to_contain_text("Ask somebody who may edit it for a key")
    key = form.get_by_role("textbox", name="API key of the service")
    key.fill("no-key-at-all")
    send.click()
    expect(form.get_by_role("alert")).to_be_visible()
    key.fill(site.demo["api_key"])
    send.click()
    values = form.get_by_role("region", name="Result").locator(".st-returned")
    expect(values).to_contain_text('"1","1","2","2","0","2","0","1"]')


def test_the_console_lends_a_viewer_no_key(page: Page, site: Running) -> None:
    sign_in(page, make_person(site, "watching", "viewer"), "/studio")
    session = page.request.get("/session").json()
    place = f"/workspaces/{session['workspace']}/webservices/{demo_service(page)}"
    calls = f"{place}/endpoints/default/calls"
    csrf = {"X-CSRF-Token": session["csrf"]}
    for rest in ("execute", "jobs"):
        path = f"{calls}/{rest}?api-version=2.0"
        answer = page.request.post(path, headers=csrf, data={})
        assert answer.status == 403, (rest, answer.text())
