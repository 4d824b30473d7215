"""What the calls of an endpoint were like, as the studio shows it."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import screenshot, sign_in
from tests.browser.studio_rest import demo_service
from tests.journeys.running import ARTICLE_BODY, Running


def test_calls_show_within_seconds_and_errors_by_their_code(
    page: Page, site: Running
) -> None:
    demo = site.demo
    sign_in(page, demo["admin"], face=None)
    page.goto(f"/studio/services/{demo_service(page)}")
    page.get_by_role("tab", name="Metrics").click()
    calls = page.locator(".st-numbers > div", has_text="Calls").first
    expect(calls).to_be_visible()
    place = f"/workspaces/{demo['workspace']}/services/{demo['service']}"
    key = {"Authorization": f"Bearer {demo['api_key']}"}
    address = f"{place}/execute?api-version=2.0"
    for body, status in ((ARTICLE_BODY, 200), ({"Inputs": {}}, 400)):
        told = site.call("POST", address, body, base="services_url", **key)
        assert told.status == status, told.body
    chart = page.get_by_role("figure", name="Calls", exact=True)
    expect(chart).to_be_visible()
    chart.get_by_text("Show as a table").click()
    expect(chart.get_by_role("row")).to_have_count(1 + 60)
    expect(page.get_by_role("figure", name="Latency", exact=True)).to_be_visible()
    expect(page.get_by_role("figure", name="Scorings by rows")).to_be_visible()
    codes = page.get_by_role("table", name="What callers were told")
    expect(codes).to_contain_text("BadArgument")
    page.get_by_text("Last 24 hours").click()
    expect(chart.get_by_role("row")).to_have_count(1 + 96)
    page.reload()
    expect(page.get_by_role("radio", name="Last 24 hours")).to_be_checked()
    screenshot(page, "studio-metrics")


def test_an_endpoint_is_added_set_and_taken_away(page: Page, site: Running) -> None:
    sign_in(page, site.demo["admin"], face=None)
    page.goto(f"/studio/services/{demo_service(page)}/endpoints")
    page.get_by_role("button", name="Add an endpoint").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("partners")
    form.get_by_role("combobox", name="Dynamic batching").click()
    page.get_by_role("option", name="On", exact=True).click()
    form.get_by_label("Longest wait").fill("5")
    form.get_by_role("combobox", name="Logging").click()
    page.get_by_role("option", name="Failed calls").click()
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    page.get_by_role("button", name="Edit: partners").click()
    expect(form.get_by_label("Longest wait")).to_have_value("5 ms")
    expect(form.get_by_role("combobox", name="Logging")).to_have_value("Failed calls")
    form.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Delete: partners").click()
    form.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("row", name="partners")).to_have_count(0)
