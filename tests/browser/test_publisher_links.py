"""Addresses of the publisher portal: what is open, searched or turned to is in them."""

from playwright.sync_api import expect
from tests.browser.conftest import OpenPage
from tests.browser.managing import manage
from tests.browser.publishing import done, open_publisher
from tests.journeys.running import Running


def test_addresses_lead_to_keys_to_access_and_to_a_change(
    open_page: OpenPage, site: Running
) -> None:
    place = {"locationData": {"name": "Attic"}}
    manage(site, "PUT", "/gateways/attic", {"properties": place})
    newest = manage(site, "GET", "/audit?$top=1")["value"][0]
    page = open_publisher(open_page, site, "/gateways?keys=attic")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("button", name="Show Primary key")).to_be_visible()
    page.goto("/publisher/subscriptions?keys=master&page=1")
    expect(drawer.get_by_role("button", name="Show Primary key")).to_be_visible()
    page.goto(f"/publisher/audit?open={newest['name']}")
    expect(drawer).to_contain_text("/gateways/attic")
    drawer.get_by_role("button", name="Close").click()
    expect(page).to_have_url("/publisher/audit")
    page.get_by_role("button", name="/gateways/attic").first.click()
    expect(drawer).to_contain_text("/gateways/attic")
    page.go_back()
    expect(drawer).to_have_count(0)
    expect(page).to_have_url("/publisher/audit")


def test_a_pool_takes_its_members_from_backends_that_are_found(
    open_page: OpenPage, site: Running
) -> None:
    for name in ("upstairs", "downstairs"):
        backend = {"url": "http://127.0.0.1:9", "protocol": "http"}
        manage(site, "PUT", f"/backends/{name}", {"properties": backend})
    page = open_publisher(open_page, site, "/backends?new=1")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Id", exact=True).fill("house")
    drawer.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Pool").click()
    members = drawer.get_by_role("combobox", name="Members")
    for typed, found in (("up", "upstairs"), ("down", "downstairs")):
        members.fill(typed)
        page.get_by_role("option", name=found, exact=True).click()
        members.fill("")
    drawer.get_by_role("button", name="Create").click()
    done(page, "was created")
    pool = manage(site, "GET", "/backends/house")["properties"]["pool"]
    assert [one["id"].rpartition("/")[2] for one in pool["services"]] == [
        "upstairs",
        "downstairs",
    ]
