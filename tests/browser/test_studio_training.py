"""A model in the studio: trained, looked at, turned into a predictive experiment."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import screenshot, sign_in
from tests.browser.designing import box, pane
from tests.browser.studio_rest import make_experiment, module_ids, node
from tests.journeys.running import Running

ROWS = "\n".join(f"{n},{n % 7},{'yes' if n > 20 else 'no'}" for n in range(40))
LABEL = '{"isFilter":true,"rules":[{"ruleType":"ColumnNames","columns":["bought"]}]}'


def trained(page: Page) -> str:
    """An experiment that has trained, scored and evaluated; its id."""
    modules = module_ids(page)
    return make_experiment(
        page,
        "Buyers",
        [
            node("d", modules["Enter Data Manually"], {}, Data=f"a,b,bought\n{ROWS}"),
            node("l", modules["Two-Class Logistic Regression"], {}),
            node("t", modules["Train Model"], {}, Label_column=LABEL),
            node("s", modules["Score Model"], {}),
            node("e", modules["Evaluate Model"], {}),
        ],
        [
            ("l:Untrained model", "t:Untrained model"),
            ("d:dataset", "t:Dataset"),
            ("t:Trained model", "s:Trained model"),
            ("d:dataset", "s:Dataset"),
            ("s:Scored dataset", "e:Scored dataset"),
        ],
        run=True,
    )


def test_a_model_is_evaluated_kept_and_made_predictive(
    page: Page, site: Running
) -> None:
    sign_in(page, site.demo["admin"], face=None)
    page.goto(f"/studio/experiments/{trained(page)}")
    box(page, "Evaluate Model").dblclick()
    shown = page.get_by_role("dialog")
    expect(shown.get_by_role("img", name="ROC")).to_be_visible()
    shown.get_by_text("Lift", exact=True).click()
    expect(shown.get_by_role("img", name="Lift")).to_be_visible()
    threshold = shown.get_by_role("slider")
    figures = shown.get_by_role("table", name="Confusion matrix")
    before = figures.inner_text()
    threshold.press("Home")
    expect(figures).not_to_have_text(before)
    screenshot(page, "studio-evaluation")
    page.keyboard.press("Escape")
    box(page, "Score Model").click()
    pane(page).get_by_role("button", name="Save: Scored dataset").click()
    keep = page.get_by_role("dialog")
    keep.get_by_label("Name").fill("Scored buyers")
    keep.get_by_role("button", name="Save", exact=True).click()
    expect(keep).to_have_count(0)
    page.get_by_role("button", name="Set up web service").click()
    page.get_by_role("menuitem", name="Predictive web service").click()
    expect(page.get_by_label("Experiment name")).not_to_have_value("Buyers")
    expect(box(page, "Train Model")).to_have_count(0)
    expect(box(page, "Score Model")).to_be_visible()
    expect(box(page, "input1")).to_be_visible()
    search = page.get_by_role("searchbox", name="Search modules and datasets")
    search.fill("scored buyers")
    entry = page.get_by_role("button", name="Scored buyers", exact=True)
    expect(entry).to_be_visible()
