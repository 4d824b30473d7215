"""The publisher portal without a mouse: editor, forms and questions."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.managing import manage
from tests.browser.publishing import done, open_publisher
from tests.journeys.running import Running, eventually


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


def test_a_form_is_filled_and_a_thing_deleted_by_keys_alone(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/tags")
    new = page.get_by_role("button", name="New tag").first
    new.focus()
    page.keyboard.press("Enter")
    name = page.get_by_role("textbox", name="Name")
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
