"""Versions of a service: what served before serves again."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import sign_in
from tests.browser.publishing import done
from tests.browser.studio_rest import ask, demo_service
from tests.journeys.running import Running


def test_versions_of_a_service_are_told_and_served_again(
    page: Page, site: Running
) -> None:
    sign_in(page, site.demo["admin"], face=None)
    service = demo_service(page)
    found = ask(page, "GET", "experiments")
    ended = [each for each in found if each["Status"]["StatusCode"] == "Finished"]
    ask(page, "POST", f"experiments/{ended[-1]['ExperimentId']}/webservice", {})
    page.goto(f"/studio/services/{service}/versions")
    rows = page.get_by_role("table", name="Versions").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("Serves now")
    expect(rows.last).to_contain_text("Replaced")
    rows.last.get_by_role("button", name="Serve again").click()
    page.get_by_role("dialog").get_by_role("button", name="Serve again").click()
    done(page, "serves again")
    expect(rows.nth(1)).to_contain_text("Serves now")
    assert site.execute(site.demo["unlimited_key"]).status == 200
