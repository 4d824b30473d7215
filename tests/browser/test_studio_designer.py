"""The designer: by mouse and by keyboard, with what is wrong, and with much."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from tests.browser.conftest import screenshot, sign_in
from tests.browser.designing import blank, box, drag, expand, pane, pull, run
from tests.browser.studio_rest import (
    ask,
    dataset_id,
    make_experiment,
    module_ids,
    node,
)
from tests.journeys.running import Running

COLUMNS = (
    '{"isFilter":true,"rules":'
    '[{"ruleType":"ColumnNames","columns":["%s"],"exclude":false}]}'
)


@pytest.fixture
def studio(page: Page, site: Running) -> Page:
    """The studio, before the demo's administrator."""
    sign_in(page, site.demo["admin"], "/studio")
    return page


@pytest.fixture
def admin(page: Page, site: Running) -> Page:
    """The demo's administrator, before any page: loading one takes a while."""
    sign_in(page, site.demo["admin"], face=None)
    return page


def saved(page: Page) -> None:
    expect(page.get_by_text("Draft saved")).to_be_visible()


def test_a_wrong_connection_is_refused_and_says_why(studio: Page) -> None:
    page = studio
    blank(page, "Wrong wires")
    expand(page, "Saved Datasets", "Samples")
    drag(page, "Book Reviews from Amazon", 200, 60)
    search = page.get_by_role("searchbox", name="Search modules and datasets")
    search.fill("train model")
    drag(page, "Train Model", 200, 250)
    pull(page, box(page, "Book Reviews"), box(page, "Train Model"))
    expect(page.locator(".st-notice")).to_contain_text(
        "“Book Reviews from Amazon” gives: Dataset. “Untrained model” takes: Model."
    )
    expect(page.locator(".react-flow__edge")).to_have_count(0)
    screenshot(page, "studio-refused")


def test_everything_on_the_canvas_has_a_way_by_keyboard(studio: Page) -> None:
    page = studio
    blank(page, "By keyboard")
    search = page.get_by_role("searchbox", name="Search modules and datasets")
    for name in ("Book Reviews from Amazon", "Feature Hashing"):
        search.fill(name)
        page.get_by_role("button", name=name, exact=True).press("Enter")
        expect(box(page, name)).to_be_visible()
    box(page, "Book Reviews").focus()
    page.keyboard.press("Enter")
    properties = pane(page)
    expect(properties.get_by_role("heading", level=2)).to_contain_text("Book Reviews")
    target = properties.get_by_role("combobox", name="Connect to…")
    target.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    properties.get_by_role("button", name="Connect", exact=True).press("Enter")
    wires = page.locator(".react-flow__edge")
    expect(wires).to_have_count(1)
    expect(target).to_be_focused()
    # A box that is left gives the keyboard to the canvas, and F6 goes on from there.
    box(page, "Book Reviews").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Experiment canvas", exact=True)).to_be_focused()
    page.keyboard.press("F6")
    expect(properties).to_be_focused()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(wires).to_have_count(0)
    page.get_by_role("button", name="Redo").press("Enter")
    expect(wires).to_have_count(1)
    box(page, "Feature Hashing").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+x")
    expect(box(page, "Feature Hashing")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(box(page, "Feature Hashing")).to_have_count(1)
    box(page, "Feature Hashing").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(box(page, "Feature Hashing")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(box(page, "Feature Hashing")).to_have_count(1)
    before = box(page, "Feature Hashing").bounding_box()
    box(page, "Feature Hashing").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    saved(page)
    after = box(page, "Feature Hashing").bounding_box()
    assert before
    assert after
    assert after["y"] > before["y"]
    page.reload()
    expect(wires).to_have_count(1)
    expect(box(page, "Feature Hashing")).to_be_visible()


def test_what_is_missing_is_told_at_the_module_before_a_run(studio: Page) -> None:
    page = studio
    blank(page, "Unfinished")
    page.get_by_role("searchbox", name="Search modules").fill("select columns in")
    drag(page, "Select Columns in Dataset", 200, 100)
    told = 'Input "Select Columns" is null or empty.'
    expect(pane(page)).to_contain_text(told)
    expect(pane(page)).to_contain_text("Connect something to input 'Dataset'")
    expect(box(page, "Select Columns").locator(".st-node-fault")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("The experiment cannot run")
    choose_by_rules(page)
    expect(pane(page)).to_contain_text("All columns; without Column types: String")


def choose_by_rules(page: Page) -> None:
    """All columns but texts."""
    pane(page).get_by_role("button", name="Launch column selector").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="With rules").click()
    for field, choice in (
        ("Begin with", "All columns"),
        ("Rule 1: by what", "column type"),
        ("Rule 1: column type", "String"),
    ):
        if field == "Rule 1: by what":
            dialog.get_by_role("button", name="Add a rule").click()
        dialog.get_by_role("combobox", name=field).press("ArrowDown")
        page.get_by_role("option", name=choice, exact=True).click()
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_have_count(0)
    opener = pane(page).get_by_role("button", name="Launch column selector")
    expect(opener).to_be_focused()


def test_a_number_out_of_bounds_is_told_as_one_types(studio: Page) -> None:
    page = studio
    blank(page, "Bounds")
    page.get_by_role("searchbox", name="Search modules").fill("hashing")
    drag(page, "Feature Hashing", 200, 100)
    bits = pane(page).get_by_role("textbox", name="Hashing bitsize")
    for typed, told in (("0", "more than 0"), ("40", "31 or less"), ("x", "whole")):
        bits.fill(typed)
        expect(pane(page)).to_contain_text(told)
    bits.fill("3")
    expect(pane(page)).not_to_contain_text("Give ")


def test_a_failing_module_has_a_cross_and_says_what_went_wrong(admin: Page) -> None:
    page, modules = admin, module_ids(admin)
    reviews = dataset_id(page, "Book Reviews from Amazon")
    experiment = make_experiment(
        page,
        "Fails",
        [
            node(
                "n1",
                modules["Select Columns in Dataset"],
                {"Dataset": reviews},
                Select_Columns=COLUMNS % "Col2",
            ),
            node(
                "n2",
                modules["Feature Hashing"],
                {"Dataset": ""},
                **{"Target column(s)": COLUMNS % "Nowhere"},
            ),
        ],
        [("n1:Results dataset", "n2:Dataset")],
    )
    page.goto(f"/studio/experiments/{experiment}")
    run(page, "Failed")
    expect(box(page, "Select Columns").get_by_text("Finished")).to_be_attached()
    hashing = box(page, "Feature Hashing")
    expect(hashing.get_by_text("Failed")).to_be_attached()
    hashing.click()
    expect(pane(page).get_by_role("alert")).to_contain_text("Nowhere")
    screenshot(page, "studio-failed")


def test_what_ran_before_stays_and_can_be_saved_as_new(admin: Page) -> None:
    page, modules = admin, module_ids(admin)
    reviews = dataset_id(page, "Book Reviews from Amazon")
    hashing = node(
        "n1",
        modules["Feature Hashing"],
        {"Dataset": reviews},
        **{"Hashing bitsize": "2", "Target column(s)": COLUMNS % "Col2"},
    )
    experiment = make_experiment(page, "History", [hashing], run=True)
    page.goto(f"/studio/experiments/{experiment}")
    box(page, "Feature Hashing").click()
    pane(page).get_by_role("textbox", name="Hashing bitsize").fill("3")
    saved(page)
    expect(box(page, "Feature Hashing").locator(".st-sign")).to_have_count(0)
    page.goto(f"/studio/experiments/{experiment}/history")
    rows = page.get_by_role("table", name="Run history").get_by_role("row")
    expect(rows).to_have_count(3)
    screenshot(page, "studio-history")
    page.goto(f"/studio/experiments/{experiment}")
    expect(page.get_by_role("note")).to_contain_text("earlier run")
    expect(page.get_by_role("button", name="Run", exact=True)).to_have_count(0)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Save as a new experiment").click()
    expect(page.get_by_label("Experiment name")).to_have_value("History – Copy")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_three_hundred_modules_stay_smooth(admin: Page) -> None:
    page, modules = admin, module_ids(admin)
    reviews = dataset_id(page, "Book Reviews from Amazon")
    hashing = modules["Select Columns in Dataset"]
    nodes, edges = [], []
    for number in range(300):
        first = number % 10 == 0
        nodes.append(node(f"n{number}", hashing, {"Dataset": reviews if first else ""}))
        if not first:
            edges.append((f"n{number - 1}:Results dataset", f"n{number}:Dataset"))
    experiment = make_experiment(page, "Three hundred", nodes, edges)
    page.goto(f"/studio/experiments/{experiment}")
    expect(page.locator(".react-flow__node").first).to_be_visible()
    page.get_by_role("button", name="Fit").click()
    shown = page.locator(".react-flow__node")
    expect(shown).to_have_count(301)
    screenshot(page, "studio-300")
    # So far away a box is all port; nearer, what is out of sight is not drawn.
    for _ in range(9):
        page.get_by_role("button", name="Zoom in").click()
    expect(shown).not_to_have_count(301)
    # What a drag costs is what changes: counted, since a busy machine has no clock.
    page.evaluate(WATCH)
    moved = shown.nth(shown.count() // 2)
    name, place = moved.get_attribute("data-id"), moved.bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=12)
    page.mouse.up()
    page.wait_for_function("window.changed.size > 0")
    assert page.evaluate("[...window.changed]") == [name]


WATCH = """() => {
  window.changed = new Set();
  new MutationObserver((news) => {
    for (const { target } of news) {
      const node = target.closest?.('.react-flow__node');
      if (node) window.changed.add(node.dataset.id);
    }
  }).observe(document.querySelector('.react-flow__nodes'),
    { subtree: true, childList: true, attributes: true });
}"""
"""Notes which boxes of the canvas are touched."""


def test_a_parameter_of_the_web_service_is_made_of_a_modules(
    admin: Page, site: Running
) -> None:
    page, modules = admin, module_ids(admin)
    reviews = dataset_id(page, "Book Reviews from Amazon")
    hashing = node(
        "n1",
        modules["Feature Hashing"],
        {"Dataset": reviews},
        **{"Hashing bitsize": "3", "Target column(s)": COLUMNS % "Col2"},
    )
    experiment = make_experiment(page, "With a parameter", [hashing])
    page.goto(f"/studio/experiments/{experiment}")
    box(page, "Feature Hashing").click()
    pane(page).get_by_label("Web service parameter: Hashing bitsize").click()
    page.get_by_role("menuitem", name="Set as web service parameter").click()
    expect(pane(page)).to_contain_text("web service parameter “Hashing bitsize”")
    page.get_by_role("button", name="Set up web service").click()
    page.get_by_role("menuitem", name=re.compile("Add web service input")).click()
    run(page)
    page.get_by_role("button", name="Publish web service").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    page.get_by_role("button", name="Test", exact=True).click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Hashing bitsize")).to_have_value("3")
    form.get_by_label("Col1").fill("1")
    form.get_by_label("Col2").fill("This is a good day")
    form.get_by_label("Hashing bitsize").fill("2")
    form.get_by_role("button", name="Send").click()
    answer = form.get_by_role("table", name="output1")
    expect(answer.get_by_role("row")).to_have_count(1 + 2 + 4)
    assert ask(page, "GET", "experiments")


def test_what_lies_in_a_heap_is_laid_out_and_put_back(admin: Page) -> None:
    page, modules = admin, module_ids(admin)
    reviews = dataset_id(page, "Book Reviews from Amazon")
    select = modules["Select Columns in Dataset"]
    names = ("n1", "n2", "n3")
    inputs = (reviews, "", reviews)
    nodes = [
        node(name, select, {"Dataset": dataset})
        for name, dataset in zip(names, inputs, strict=True)
    ]
    experiment = make_experiment(
        page, "A heap", nodes, [("n1:Results dataset", "n2:Dataset")]
    )
    page.goto(f"/studio/experiments/{experiment}")
    boxes = page.locator(".react-flow__node")
    expect(boxes).to_have_count(4)
    # Everything is dragged onto one place, as far as a hand would.
    first = boxes.nth(1).bounding_box()
    assert first
    for at in (2, 3):
        place = boxes.nth(at).bounding_box()
        assert place
        page.mouse.move(place["x"] + 60, place["y"] + 10)
        page.mouse.down()
        page.mouse.move(first["x"] + 66, first["y"] + 16, steps=4)
        page.mouse.up()
    assert overlapping(boxes) > 0
    page.get_by_role("button", name="Arrange automatically").click()
    saved(page)
    assert overlapping(boxes) == 0
    above, below = (box_of(page, name) for name in ("n1", "n2"))
    assert below["y"] > above["y"] + above["height"]
    page.get_by_role("button", name="Undo").click()
    assert overlapping(boxes) > 0


def box_of(page: Page, name: str) -> FloatRect:
    found = page.locator(f'.react-flow__node[data-id="{name}"]').bounding_box()
    assert found
    return found


def overlapping(boxes: Locator) -> int:
    """How many pairs of boxes lie over each other."""
    places = [each.bounding_box() for each in boxes.all()]
    return sum(
        abs(one["x"] - other["x"]) < one["width"]
        and abs(one["y"] - other["y"]) < one["height"]
        for one, other in combinations(filter(None, places), 2)
    )


def test_what_a_module_prints_is_seen_while_it_runs(admin: Page) -> None:
    page, modules = admin, module_ids(admin)
    script = "import time\nprint('half way')\ntime.sleep(290)\n"
    slow = node("n1", modules["Execute Python Script"], {}, **{"Python script": script})
    experiment = make_experiment(page, "Talks", [slow])
    page.goto(f"/studio/experiments/{experiment}")
    page.get_by_role("button", name="Run", exact=True).click()
    log = pane(page).get_by_role("region", name="Log")
    expect(log).to_contain_text("half way")
    expect(log.get_by_text("Running")).to_be_attached()
    page.get_by_role("button", name="Cancel the run").click()
    state = page.locator(".st-bar-name").get_by_text("Cancelled", exact=True)
    expect(state).to_be_visible()
