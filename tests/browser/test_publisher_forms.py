"""The forms of the publisher portal: what is made with them is there."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.managing import manage
from tests.browser.publishing import done, make_echo, open_publisher
from tests.journeys.running import Running


def read(site: Running, path: str) -> dict[str, object]:
    found: dict[str, object] = manage(site, "GET", path)["properties"]
    return found


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option).click()


def create(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    done(page, f"“{name}” was created.")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_web_service_becomes_an_api_in_one_go(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/apis/new/service")
    page.get_by_label("Display name").fill("Managed service")
    page.get_by_role("button", name="Manage this service").click()
    done(page, "“Managed service” was created.")
    table = page.get_by_role("table", name="Operations")
    expect(table).to_contain_text("/execute")
    expect(table).to_contain_text("/jobs")


def test_products_groups_and_people_are_made_and_joined(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/groups?new=1")
    page.get_by_label("Name").fill("Friends of ours")
    create(page, "Friends of ours")
    page.get_by_role("button", name="Friends of ours", exact=True).click()
    page.get_by_role("combobox", name="Add a user").fill("Dana")
    page.get_by_role("option", name="Dana Developer").click()
    expect(page.get_by_role("heading", name="1 member")).to_be_visible()
    page.goto("/publisher/products?new=1")
    page.get_by_label("Name").fill("Friendly")
    page.get_by_label("Subscriptions per user").fill("2")
    create(page, "Friendly")
    page.get_by_role("link", name="Friendly").click()
    page.get_by_role("button", name="Publish").click()
    done(page, "Published: developers see it now.")
    page.get_by_role("tab", name="APIs and groups").click()
    page.get_by_role("checkbox", name="Friends of ours").check()
    done(page, "Added to “Friends of ours”.")
    told = read(site, "/products/friendly")
    assert (told["state"], told["subscriptionsLimit"]) == ("published", 2)
    groups = manage(site, "GET", "/products/friendly/groups")["value"]
    assert "friends-of-ours" in [one["name"] for one in groups]


def test_an_invited_user_gets_a_mail_that_the_outbox_lists(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/users?new=1")
    page.get_by_label("First name").fill("Inga")
    page.get_by_label("Last name").fill("Invited")
    page.get_by_label("E-mail").fill("inga@example.com")
    create(page, "Inga")
    expect(page.get_by_role("row", name="Inga Invited")).to_contain_text(
        "Not confirmed"
    )
    page.goto("/publisher/outbox")
    row = page.get_by_role("row").filter(has_text="inga@example.com")
    expect(row).to_contain_text("Invitation")


def test_a_backend_gets_a_breaker_and_a_secret_stays_one(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/backends?new=1")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Id", exact=True).fill("guarded")
    drawer.get_by_label("Address").fill("http://127.0.0.1:9")
    drawer.get_by_role("switch", name="Circuit breaker").check(force=True)
    drawer.get_by_label("Failures that trip it").fill("3")
    create(page, "guarded")
    row = page.get_by_role("row").filter(has_text="guarded")
    expect(row).to_contain_text("calls pass")
    page.goto("/publisher/named-values?new=1")
    drawer.get_by_role("textbox", name="Name").fill("hidden-key")
    drawer.get_by_role("switch", name="Keep it secret").check(force=True)
    drawer.get_by_role("textbox", name="Value").fill("s3cret!")
    create(page, "hidden-key")
    page.get_by_role("button", name="hidden-key", exact=True).click()
    expect(drawer).not_to_contain_text("s3cret!")
    drawer.get_by_role("button", name="Show Value").last.click()
    expect(drawer).to_contain_text("s3cret!")


def test_a_revision_is_compared_and_released_and_a_version_stands_beside(
    open_page: OpenPage, site: Running
) -> None:
    make_echo(site, "staged")
    page = open_publisher(open_page, site, "/apis/staged/revisions")
    page.get_by_role("button", name="New revision").click()
    page.get_by_role("dialog").get_by_label("Description").fill("Says more")
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    done(page, "Revision 2 was made.")
    more = {"displayName": "More", "method": "GET", "urlTemplate": "/more"}
    place = "/apis/staged;rev=2/operations/more"
    manage(site, "PUT", place, {"properties": more})
    page.get_by_role("button", name="Compare with current").click()
    difference = page.get_by_role("region", name="Operations and schemas")
    expect(difference).to_contain_text("/more:")
    page.get_by_role("button", name="Make current").click()
    page.get_by_role("dialog").get_by_label("Release notes").fill("More at last")
    page.get_by_role("dialog").get_by_role("button", name="Make current").click()
    done(page, "Revision 2 is current.")
    expect(page.get_by_text("More at last")).to_be_visible()
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="New version").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Version").fill("v2")
    create(page, "Stage staged v2")
    table = page.get_by_role("table", name="Versions")
    expect(table.get_by_role("row")).to_have_count(3)
    assert read(site, "/apis/staged-v2")["apiVersion"] == "v2"


def test_the_portal_gets_a_page_a_name_and_a_colour_at_once(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/pages?new=1")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Title", exact=False).first.fill("How to begin")
    drawer.get_by_label("Text", exact=True).fill("# Begin\n\nAsk for a key.")
    drawer.get_by_label("Title in Polish").fill("Jak zacząć")
    create(page, "How to begin")
    told = page.request.get("/developer/pages/how-to-begin").json()
    assert "Ask for a key." in told["html"]
    page.goto("/publisher/portal")
    page.get_by_label("Name of the portal").fill("House of models")
    page.get_by_label("Colour", exact=True).fill("#0b6e4f")
    page.get_by_role("button", name="Save").click()
    done(page, "Saved: live at once.")
    expect(page.get_by_role("link", name="House of models")).to_be_visible()
    page.get_by_label("Name of the portal").fill("")
    page.get_by_label("Colour", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="House of models")).to_have_count(0)


def test_publishers_choose_who_is_told_and_what_mails_say(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/notifications")
    event = page.locator("section").filter(has_text="New subscriptions").first
    event.get_by_role("button", name="Add recipient: New subscriptions").click()
    event.get_by_label("Add an address").fill("ops@example.com")
    event.get_by_role("button", name="Add: New subscriptions").click()
    expect(event.get_by_text("ops@example.com")).to_be_visible()
    event.get_by_role("button", name="Remove ops@example.com").click()
    expect(event.get_by_text("ops@example.com")).to_have_count(0)
    page.goto("/publisher/templates?open=newDeveloperNotificationMessage")
    drawer = page.get_by_role("dialog")
    body = drawer.get_by_label("Body")
    body.fill("<p>Hello $DevFirstName")
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("is not XHTML")).to_be_visible()
    body.fill("<p>Hello $DevFirstName!</p>")
    expect(drawer.get_by_role("region", name="Preview")).to_contain_text("Hello Admin")
    drawer.get_by_role("button", name="Save").click()
    done(page, "Saved")
    page.get_by_role("button", name="More actions: Welcome").click()
    page.get_by_role("menuitem", name="Restore the default").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    done(page, "The default text is back.")
