"""Nothing that one does in the studio is lost: sessions end, networks and pages too."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.designing import blank, box, pane
from tests.journeys.running import Running

LOSE = "() => { window.kept = fetch; window.fetch = async () => { throw 'lost' } }"
FIND = "() => { window.fetch = window.kept }"
FILE = 9 << 20
"""Bytes: more than one piece of an upload."""


@pytest.fixture
def studio(page: Page, site: Running) -> Page:
    """The studio, before the demo's administrator."""
    sign_in(page, site.demo["admin"], "/studio")
    return page


def add(page: Page, name: str) -> None:
    page.get_by_role("searchbox", name="Search modules and datasets").fill(name)
    page.get_by_role("button", name=name, exact=True).press("Enter")
    expect(box(page, name)).to_be_visible()


def sign_in_again(page: Page, password: str) -> None:
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_role("textbox", name="Password").fill(password)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_draft_is_saved_after_the_session_ended_in_between(
    studio: Page, site: Running
) -> None:
    page = studio
    blank(page, "Session ends")
    page.context.clear_cookies()
    add(page, "Feature Hashing")
    sign_in_again(page, site.demo["admin"]["password"])
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()
    expect(box(page, "Feature Hashing")).to_be_visible()


def test_a_draft_survives_a_lost_network_and_a_reload(studio: Page) -> None:
    page = studio
    blank(page, "Network ends")
    page.evaluate(LOSE)
    add(page, "Feature Hashing")
    expect(page.get_by_text("Could not be saved")).to_be_visible()
    page.evaluate(FIND)
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.evaluate(LOSE)
    add(page, "Split Data")
    expect(page.get_by_text("Could not be saved")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(box(page, "Split Data")).to_be_visible()
    expect(page.get_by_text("Draft saved")).to_be_visible()


def test_two_who_change_one_draft_are_told_and_keep_both(
    studio: Page, open_page: OpenPage, site: Running
) -> None:
    page = studio
    blank(page, "Two tabs")
    other = open_page()
    sign_in(other, site.demo["admin"], page.url)
    add(other, "Split Data")
    expect(other.get_by_text("Draft saved")).to_be_visible()
    add(page, "Feature Hashing")
    expect(page.get_by_role("alert").first).to_contain_text("Somebody else changed")
    page.get_by_role("button", name="Save mine as a new experiment").click()
    expect(page.get_by_label("Experiment name")).to_have_value("Two tabs – Copy")
    expect(box(page, "Feature Hashing")).to_be_visible()


def test_an_upload_goes_on_after_the_session_ended_in_between(
    studio: Page, site: Running, tmp_path: Path
) -> None:
    page = studio
    path = tmp_path / "long.csv"
    path.write_text("text\n" + ("abcdefghi" * 111 + "\n") * (FILE // 1000))
    page.goto("/studio/datasets")
    page.get_by_role("button", name="Upload a dataset").click()
    page.locator("input[type=file]").set_input_files(path)
    page.context.clear_cookies()
    page.get_by_role("dialog").get_by_role("button", name="Upload", exact=True).click()
    sign_in_again(page, site.demo["admin"]["password"])
    title = page.get_by_role("heading", level=1, name="long.csv")
    expect(title).to_be_visible()


def test_a_menu_opens_at_a_box_by_mouse_and_by_keyboard(studio: Page) -> None:
    page = studio
    blank(page, "Menus")
    add(page, "Iris Two Class Data")
    add(page, "Feature Hashing")
    box(page, "Iris").click(button="right")
    page.get_by_role("menuitem", name="Visualize").click()
    expect(page.get_by_role("dialog")).to_contain_text("100 rows × 5 columns")
    page.keyboard.press("Escape")
    box(page, "Feature Hashing").focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Comment").press("Enter")
    expect(pane(page).get_by_label("Comment")).to_be_focused()
    page.keyboard.type("Eight columns")
    comment = box(page, "Feature Hashing").locator(".st-node-comment")
    expect(comment).to_have_text("Eight columns")
    box(page, "Feature Hashing").focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Delete").click()
    expect(box(page, "Feature Hashing")).to_have_count(0)
    canvas = page.get_by_label("Experiment canvas", exact=True)
    expect(canvas).to_be_focused()
    for place in ("Properties", "Palette"):
        page.keyboard.press("F6")
        expect(page.locator(":focus")).to_have_attribute("aria-label", place)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Keyboard").click()
    expect(page.get_by_role("table", name="Keyboard")).to_contain_text("F6")
    assert pane(page).is_visible()
