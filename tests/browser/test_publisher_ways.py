"""Ways through the publisher portal: by addresses, by Back, by keys alone."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.managing import manage
from tests.browser.publishing import done, open_publisher
from tests.journeys.running import Running, eventually


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


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim()"))


def test_the_editor_is_left_by_escape_and_tab(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/policies?scope=products/starter")
    editor = page.get_by_role("textbox", name="Policy document")
    editor.focus()
    page.keyboard.press("Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()


def test_what_expressions_name_completes_in_the_editor(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/policies?scope=products/unlimited")
    with page.expect_response("**/expressionTypes**"):
        page.reload()
    editor = page.get_by_role("textbox", name="Policy document")
    editor.click()
    page.keyboard.press("Control+End")
    offered = page.locator(".cm-tooltip-autocomplete")

    page.keyboard.type('<trace>@(context.Request.Headers.GetValueOrDefault("a").St')

    def is_offered() -> bool:
        page.keyboard.press("Control+Space")
        return offered.is_visible()

    eventually(is_offered)
    expect(offered).to_contain_text("StartsWith(string value) bool")


def test_lists_find_the_words_that_they_show(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/audit?search=signed%20in")
    rows = page.get_by_role("table", name="Audit log").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("signed in")
    page.goto("/publisher/templates?language=pl")
    expect(page.get_by_role("table")).to_contain_text("Witaj w API")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("table")).not_to_contain_text("Witaj w API")
    expect(page).to_have_url("/publisher/templates?language=en")


def test_a_form_is_filled_and_a_thing_deleted_by_keys_alone(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/tags")
    new = page.get_by_role("button", name="New tag").first
    new.focus()
    page.keyboard.press("Enter")
    name = page.get_by_role("textbox", name="Name")
    expect(name).to_be_visible()
    page.keyboard.press("Escape")
    expect(name).to_have_count(0)
    # Whoever leaves a form is where it was opened.
    expect(new).to_be_focused()
    page.keyboard.press("Enter")
    expect(name).to_be_visible()
    for _ in range(4):
        if name.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    done(page, "“By keys” was created.")
    page.get_by_role("button", name="More actions: By keys").focus()
    page.keyboard.press("Enter")
    delete = page.get_by_role("menuitem", name="Delete")
    expect(delete).to_be_visible()

    def is_reached() -> bool:
        # The menu is seen a moment before it takes keys.
        page.keyboard.press("ArrowDown")
        return bool(delete.evaluate("e => e === document.activeElement"))

    eventually(is_reached)
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Delete “By keys”?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    assert focused(page) == "Delete"
    page.keyboard.press("Enter")
    done(page, "“By keys” was deleted.")
    names = [one["name"] for one in manage(site, "GET", "/tags")["value"]]
    assert "by-keys" not in names
