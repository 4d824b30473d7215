"""The canvas: walked along the graph by keys, grown by wires that lead nowhere yet."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import sign_in
from tests.browser.designing import box
from tests.browser.studio_rest import (
    dataset_id,
    make_experiment,
    module_ids,
    node,
)
from tests.journeys.running import Running

FOCUSED = "document.activeElement.getAttribute('aria-label')"


def walked(page: Page, key: str, steps: int) -> list[str]:
    """The names of what has the focus after each press."""
    names: list[str] = []
    for _ in range(steps):
        page.keyboard.press(key)
        names.append(page.evaluate(FOCUSED))
    return names


def test_keys_walk_and_wires_grow_along_the_graph(page: Page, site: Running) -> None:
    sign_in(page, site.demo["admin"], face=None)
    modules = module_ids(page)
    reviews = dataset_id(page, "Book Reviews from Amazon")
    select = node("n1", modules["Select Columns in Dataset"], {"Dataset": reviews})
    experiment = make_experiment(page, "Walked", [select], [])
    page.goto(f"/studio/experiments/{experiment}")
    boxes, wires = page.locator(".react-flow__node"), page.locator(".react-flow__edge")
    expect(boxes).to_have_count(2)
    canvas = page.get_by_label("Experiment canvas", exact=True)
    canvas.focus()

    there = walked(page, "Tab", 6)
    back = walked(page, "Shift+Tab", 6)

    assert there == [
        "Saved: Book Reviews from Amazon",
        "Output: Dataset",
        "Wire from Book Reviews from Amazon to Select Columns in Dataset",
        "Select Columns in Dataset",
        "Input: Dataset, from Book Reviews from Amazon",
        "Output: Results dataset (Dataset)",
    ]
    assert back == [*there[-2::-1], "Experiment canvas"]

    # From a port, the slash asks what shall follow; what is chosen is joined to it.
    page.get_by_role("button", name="Output: Results dataset (Dataset)").focus()
    page.keyboard.press("/")
    asked = page.get_by_role("combobox", name="Add a module or dataset")
    asked.fill("feature hash")
    asked.press("Enter")
    expect(wires).to_have_count(2)
    expect(box(page, "Feature Hashing")).to_be_focused()

    # From port to port by Enter; meanwhile Tab knows only the ports that fit.
    page.get_by_role("button", name="Input: Dataset, from Select").press("Enter")
    expect(page.get_by_text("Choose where the wire goes: 2 ports fit.")).to_be_visible()
    canvas.focus()
    assert walked(page, "Tab", 1) == ["Output: Dataset"]
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("group", name="Wire from Book Reviews from Amazon to Feature")
    ).to_have_count(1)
    expect(wires).to_have_count(2)

    # A wire that is let go over nothing asks the same.
    hashed = box(page, "Feature Hashing")
    start = hashed.locator(".st-port.source").bounding_box()
    assert start
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(start["x"] - 150, start["y"] + 60, steps=5)
    page.mouse.up()
    asked.fill("normalize")
    page.get_by_role("option", name="Normalize Data").click()
    expect(wires).to_have_count(3)
    expect(boxes).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(boxes).to_have_count(3)
    expect(wires).to_have_count(2)
