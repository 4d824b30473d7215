"""The developer portal, as developers use it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import sign_in
from tests.browser.managing import make_product, manage
from tests.journeys.running import ARTICLE_BODY, Running

OPERATION = "/apis/azureml-demo/operations/rrs-execute"


@pytest.fixture
def developer(page: Page, site: Running) -> Page:
    """A page of the demo's developer."""
    sign_in(page, site.demo["developer"], "/")
    return page


def fill_article(page: Page, site: Running) -> None:
    """Fills the drawer as the article says."""
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("workspace").fill(site.demo["workspace"])
    drawer.get_by_label("service").fill(site.demo["service"])
    drawer.get_by_label("apiversion").fill("2.0")
    drawer.get_by_label("details").fill("true")
    drawer.get_by_role("button", name="Add header").click()
    drawer.get_by_label("Header 2: name").fill("Authorization")
    drawer.get_by_label("Value of Authorization").fill(f"Bearer {site.demo['api_key']}")


def choose_key(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Subscription key").click()
    page.get_by_role("option", name=name).click()
    expect(page.get_by_label("Ocp-Apim-Subscription-Key")).not_to_have_value("")


def test_the_article_is_called_from_the_developer_portal(
    developer: Page, site: Running
) -> None:
    page = developer
    nav = page.get_by_role("navigation", name="Navigation")
    nav.get_by_role("link", name="APIs").click()
    page.get_by_role("link", name="AzureML Demo API").click()
    page.get_by_role("link", name="RRS Execute").click()
    page.get_by_role("button", name="Try it").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="workspace", exact=True).fill("")
    expect(drawer.get_by_text("Still to fill in: workspace")).to_be_visible()
    expect(drawer.get_by_role("button", name="Send")).to_be_disabled()
    choose_key(page, "Demo of Unlimited · 1")
    fill_article(page, site)
    body = drawer.get_by_role("textbox", name="Request body")
    body.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(ARTICLE_BODY))
    expect(body).to_contain_text("This is a good day")
    drawer.get_by_role("button", name="Send").click()
    answer = drawer.get_by_role("region", name="Response", exact=True)
    expect(answer.get_by_role("status")).to_contain_text("200 OK")
    expect(answer.get_by_role("status")).to_contain_text(re.compile(r"took [\d.]+ m?s"))
    expect(answer).to_contain_text("Requested URL")
    expect(answer).to_contain_text("execute?api-version=2.0&details=true")
    content = answer.get_by_role("region", name="Response content").last
    values = json.loads(content.inner_text())["Results"]["output1"]["value"]["Values"]
    assert [int(cell) for cell in values[0][-8:]] == [1, 1, 2, 2, 0, 2, 0, 1]


def test_samples_stand_beside_an_operation_and_follow_the_form(
    developer: Page, site: Running
) -> None:
    page = developer
    page.goto(OPERATION)
    samples = page.get_by_role("complementary", name="Code samples")
    for language, word in (
        ("curl", "curl --request POST"),
        ("Python", "requests.post(url"),
        ("R", "library(httr2)"),
        ("C#", "HttpRequestMessage"),
        ("JavaScript", "await fetch("),
    ):
        samples.get_by_role("tab", name=language, exact=True).click()
        expect(samples.get_by_role("tabpanel")).to_contain_text(word)
        expect(samples.get_by_role("tabpanel")).to_contain_text("YOUR_KEY")
    samples.get_by_role("switch", name="With my key").check()
    expect(samples).to_contain_text(site.demo["starter_key"])
    page.reload()
    expect(samples.get_by_role("tab", name="JavaScript")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(samples).to_contain_text("YOUR_KEY")


def test_a_limit_that_is_reached_is_shown(developer: Page, site: Running) -> None:
    page = developer
    page.goto(OPERATION)
    page.get_by_role("button", name="Try it").click()
    choose_key(page, "Demo of Starter · 1")
    fill_article(page, site)
    status = page.get_by_role("dialog").get_by_role("region", name="Response").first
    for _ in range(5):
        page.get_by_role("button", name="Send").click()
        expect(status).to_contain_text("200 OK")
    page.get_by_role("button", name="Send").click()
    expect(status).to_contain_text("429 Too Many Requests")
    expect(status).to_contain_text(re.compile("retry-after", re.IGNORECASE))


def test_a_form_outlives_a_reload_but_secrets_do_not(
    developer: Page, site: Running
) -> None:
    page = developer
    page.goto(OPERATION)
    page.get_by_role("button", name="Try it").click()
    fill_article(page, site)
    page.reload()
    page.get_by_role("button", name="Try it").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("workspace")).to_have_value(site.demo["workspace"])
    expect(drawer.get_by_label("Value of Authorization")).to_have_value("")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("button", name="Try it")).to_be_focused()


def test_a_header_that_cannot_be_sent_is_told_before(developer: Page) -> None:
    page = developer
    page.goto(OPERATION)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Add header").click()
    page.get_by_label("Header 2: name").fill("X-Name")
    page.get_by_label("Value of X-Name").fill("zażółć")
    expect(page.get_by_role("alert")).to_contain_text("X-Name")


@pytest.fixture
def slow_subscription(site: Running) -> Iterator[str]:
    """A key of the demo's developer with a call in three seconds, as it is offered."""
    limit = '<rate-limit calls="1" renewal-period="3" />'
    inbound = f"<inbound><base />{limit}</inbound>"
    document = f"<policies>{inbound}<backend><base /></backend></policies>"
    policy = {"properties": {"format": "rawxml", "value": document}}
    make_product(site, "slow", subscriptionRequired=True)
    manage(site, "PUT", "/products/slow/policies/policy", policy)
    held = {"scope": "/products/slow", "ownerId": "/users/developer", "state": "active"}
    manage(
        site,
        "PUT",
        "/subscriptions/slow",
        {"properties": held | {"displayName": "Slow one"}},
    )
    yield "Slow one · 2"
    # Samples and forms of the other tests show the first key they find.
    manage(site, "DELETE", "/subscriptions/slow")
    manage(site, "DELETE", "/products/slow")


def test_a_batch_job_goes_from_a_file_to_its_result_however_few_calls_are_allowed(
    developer: Page, site: Running, slow_subscription: str, tmp_path: Path
) -> None:
    rows = "\n".join(["Col2", *(f"good day number {n}" for n in range(40))])
    file = tmp_path / "days.csv"
    file.write_text(f"{rows}\n")
    page = developer
    page.goto("/apis/azureml-demo")
    page.get_by_role("link", name="Run a batch job").click()
    choose_key(page, slow_subscription)
    page.get_by_role("textbox", name="workspace", exact=True).fill(
        site.demo["workspace"]
    )
    page.get_by_role("textbox", name="service", exact=True).fill(site.demo["service"])
    page.get_by_label("API key of the service").fill(site.demo["api_key"])
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload the file").click()
    expect(page.get_by_text("are in the storage")).to_be_visible()
    page.get_by_role("button", name="Submit the job").click()
    expect(page.get_by_text(re.compile(r"^Job \w{20,}"))).to_be_visible()
    page.get_by_role("button", name="Start the job").click()
    expect(page.get_by_role("timer")).to_contain_text("Goes on by itself in")
    expect(page.get_by_text("finished", exact=True)).to_be_visible()
    expect(page.get_by_text("40 of 40 rows")).to_be_visible()
    with page.expect_download() as told:
        page.get_by_role("link", name="Download output1").click()
    lines = told.value.path().read_text().splitlines()
    assert len(lines) == 41
    page.get_by_role("button", name="Delete the job").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the job").click()
    expect(page.get_by_text("Job deleted")).to_be_visible()
    expect(page.get_by_role("button", name="Submit the job")).to_be_disabled()


def test_apis_are_found_by_words_and_tags(developer: Page, site: Running) -> None:
    page = developer
    manage(site, "PUT", "/tags/texts", {"properties": {"displayName": "Texts"}})
    manage(site, "PUT", "/apis/azureml-demo/tags/texts")
    page.goto("/")
    page.get_by_role("searchbox", name="Search APIs").fill("azureml")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/apis\?search=azureml$"))
    expect(page.get_by_role("link", name="AzureML Demo API")).to_be_visible()
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("Nothing matches “nothing like it”.")).to_be_visible()
    page.get_by_role("button", name="Clear the search").last.click()
    page.get_by_role("combobox", name="Tag").click()
    page.get_by_role("option", name="Texts (1)").click()
    expect(page).to_have_url(re.compile("tag=texts"))
    expect(page.get_by_role("link", name="AzureML Demo API")).to_be_visible()


def test_the_definition_is_downloaded(developer: Page) -> None:
    page = developer
    page.goto("/apis/azureml-demo")
    page.get_by_role("button", name="OpenAPI").click()
    with page.expect_download() as told:
        page.get_by_role("menuitem", name="Download as YAML").click()
    assert told.value.suggested_filename == "azureml-demo.yaml"
    assert "openapi: 3" in told.value.path().read_text()


def test_a_question_is_asked_and_answered(developer: Page) -> None:
    page = developer
    page.goto("/apis/azureml-demo/issues")
    page.get_by_role("button", name="Report an issue").click()
    page.get_by_label("Title").fill("What is Col2?")
    page.get_by_label("Description").fill("I **wonder**. <script>alert(1)</script>")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="What is Col2?").click()
    expect(page.locator("strong", has_text="wonder")).to_be_visible()
    page.get_by_label("Your comment").fill("The text of the review.")
    page.get_by_role("button", name="Send").click()
    said = page.get_by_role("article")
    expect(said).to_contain_text("The text of the review.")
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()


def test_pages_and_looks_of_the_publisher_are_live_at_once(
    page: Page, site: Running
) -> None:
    page.goto("/")
    written = {"title": "Pricing", "markdown": "# Fair\n\nFive calls a *minute*."}
    manage(
        site,
        "PUT",
        "/contentTypes/portalPage/contentItems/pricing",
        {"properties": written},
    )
    theme = {"name": "Bookworms", "accent": "#7a1f5c"}
    place = "/contentTypes/portalTheme/contentItems/default"
    manage(site, "PUT", place, {"properties": theme})
    try:
        page.reload()
        expect(page.get_by_role("banner")).to_contain_text("Bookworms")
        search = page.get_by_role("button", name="Search")
        expect(search).to_have_css("background-color", "rgb(122, 31, 92)")
        page.get_by_role("link", name="Pricing").click()
        expect(page.locator("em", has_text="minute")).to_be_visible()
        expect(page).to_have_title("Pricing · Bookworms")
    finally:
        manage(site, "DELETE", place)
        manage(site, "DELETE", "/contentTypes/portalPage/contentItems/pricing")


def test_the_portal_speaks_polish_and_stays_dark(page: Page) -> None:
    page.goto("/products")
    page.get_by_role("button", name="Dark colours").click()
    page.get_by_role("button", name="PL: Zmień język na polski").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Produkty")
    page.reload()
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "pl")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("Produkty")
    # What the browser itself says, in the language of the page.
    page.get_by_role("link", name="Zaloguj się").click()
    page.get_by_role("button", name="Zaloguj się").click()
    email = page.get_by_role("textbox", name="E-mail")
    said = "e => e.validationMessage"
    assert email.evaluate(said) == "Wypełnij to pole."
    email.fill("nobody")
    email.press("Enter")
    assert str(email.evaluate(said)).startswith("To nie jest adres e-mail")


def test_a_portal_works_without_a_mouse(developer: Page) -> None:
    page = developer
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.goto(OPERATION)
    page.get_by_role("button", name="Try it").focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_be_visible()
    for _ in range(25):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement.closest('[role=dialog]') !== null"
        )
        assert inside, "the focus left the drawer"


@pytest.fixture(scope="module")
def hidden(site: Running) -> str:
    """The page of an API that developers see and guests do not."""
    manage(
        site,
        "PUT",
        "/apis/hidden",
        {
            "properties": {
                "displayName": "Hidden",
                "path": "hidden",
                "protocols": ["http"],
            }
        },
    )
    given = {"displayName": "Inner circle", "state": "published"}
    manage(site, "PUT", "/products/inner", {"properties": given})
    manage(site, "PUT", "/products/inner/groups/developers")
    manage(site, "PUT", "/products/inner/apis/hidden")
    return "/apis/hidden"


@pytest.mark.parametrize("place", ["/nowhere/at/all", "/apis/nothing"])
def test_a_guest_finds_nothing_where_nothing_is(page: Page, place: str) -> None:
    page.goto(place)
    expect(page.get_by_role("heading", level=1)).to_have_text("No such page")


def test_a_guest_finds_nothing_at_a_hidden_address(page: Page, hidden: str) -> None:
    page.goto(hidden)
    expect(page.get_by_role("heading", level=1)).to_have_text("No such page")


def test_a_guest_sees_the_operations_of_products_open_to_guests(page: Page) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="AzureML Demo API").click()
    page.get_by_role("link", name="RRS Execute").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("RRS Execute")


def test_a_guest_who_signs_in_sees_what_was_hidden(
    page: Page, site: Running, hidden: str
) -> None:
    page.goto(hidden)
    page.get_by_role("link", name="Sign in to see it").click()
    page.get_by_label("E-mail").fill(site.demo["developer"]["email"])
    page.get_by_label("Password").first.fill(site.demo["developer"]["password"])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hidden")
