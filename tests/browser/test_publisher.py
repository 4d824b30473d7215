"""The publisher portal, as publishers use it."""

import json
import re

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.managing import make_product, manage
from tests.browser.publishing import (
    call,
    done,
    key_of,
    make_echo,
    make_person,
    open_publisher,
    post,
    write,
)
from tests.journeys.running import ARTICLE_BODY, Running, eventually

SERVICE = "/workspaces/{workspace}/services/{service}"
VERSION = "?api-version={apiversion}"
OPERATIONS = [
    ("RRS Execute", "POST", f"{SERVICE}/execute{VERSION}&details={{details}}"),
    ("BES Submit", "POST", f"{SERVICE}/jobs{VERSION}"),
    ("BES Start", "POST", f"{SERVICE}/jobs/{{jobid}}/start{VERSION}"),
    ("BES Status", "GET", f"{SERVICE}/jobs/{{jobid}}{VERSION}"),
    ("BES Delete", "DELETE", f"{SERVICE}/jobs/{{jobid}}{VERSION}"),
]
WRONG = (
    "<policies>\n  <inbound>\n    <base />\n"
    '    <rate-limit calls="5" />\n  </inbound>\n</policies>'
)
RIGHT = """<policies>
  <inbound>
    <base />
    <set-variable name="mood" value="good" />
    <set-header name="X-Mood" exists-action="override">
      <value>@((string)context.Variables["mood"])</value>
    </set-header>
  </inbound>
  <backend><base /></backend>
  <outbound>
    <base />
    <set-header name="X-Story" exists-action="override"><value>told</value></set-header>
  </outbound>
  <on-error><base /></on-error>
</policies>"""


def add_operation(page: Page, name: str, verb: str, template: str) -> None:
    page.get_by_role("link", name="Add operation").first.click()
    page.get_by_role("combobox", name="HTTP verb").click()
    page.get_by_role("option", name=verb, exact=True).click()
    page.get_by_label("URL template").fill(template)
    page.get_by_label("Display name").fill(name)
    page.get_by_role("button", name="Save").click()
    table = page.get_by_role("table", name="Operations")
    expect(table.get_by_role("link", name=name)).to_be_visible()


def test_an_api_is_made_by_hand_with_the_operations_of_the_article(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/apis")
    page.get_by_role("button", name="New API").first.click()
    page.get_by_role("menuitem", name="Blank API").click()
    page.get_by_label("Display name").fill("AzureML by hand")
    expect(page.get_by_label("API URL suffix")).to_have_value("azureml-by-hand")
    page.get_by_label("Web service URL").fill(site.run["services_url"])
    page.get_by_role("combobox", name="Products").click()
    page.get_by_role("option", name="Starter").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Create").click()
    done(page, "“AzureML by hand” was created.")
    for one in OPERATIONS:
        add_operation(page, *one)
    table = page.get_by_role("table", name="Operations")
    expect(table.get_by_role("row")).to_have_count(1 + len(OPERATIONS))
    page.get_by_role("link", name="RRS Execute").click()
    rows = page.get_by_role("table", name="Template parameters").get_by_role("row")
    expect(rows).to_have_count(
        1 + len(["workspace", "service", "apiversion", "details"])
    )
    path = (
        f"/azureml-by-hand/workspaces/{site.demo['workspace']}/services/"
        f"{site.demo['service']}/execute?api-version=2.0&details=true"
    )
    # The all-access key, so that no other story finds Starter's limit used up.
    answer = site.call(
        "POST",
        path,
        ARTICLE_BODY,
        Ocp_Apim_Subscription_Key=key_of(site, "master"),
        Authorization=f"Bearer {site.demo['api_key']}",
        Content_Type="application/json",
    )
    assert answer.status == 200, answer.body
    apis = manage(site, "GET", "/products/starter/apis")["value"]
    assert "azureml-by-hand" in [one["name"] for one in apis]


def test_a_wrong_policy_is_told_at_its_line_and_a_right_one_is_live_and_traced(
    open_page: OpenPage, site: Running
) -> None:
    make_echo(site, "policy-stage")
    page = open_publisher(open_page, site, "/apis/policy-stage/policies")
    write(page, WRONG)
    expect(page.get_by_text("Line 4, column 5:")).to_be_visible()
    expect(page.get_by_text("renewal-period").first).to_be_visible()
    page.get_by_role("button", name="Save").click()
    refusal = page.get_by_role("alert").filter(has_text="The document was not saved")
    expect(refusal).to_contain_text("Mend what stands above")
    expect(page.get_by_text("Line 4, column 5:")).to_be_visible()
    expect(page.get_by_text("There is no document at this scope yet")).to_be_visible()
    write(page, RIGHT)
    expect(page.get_by_text("The gateway would take this document.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    done(page, "Saved: live at once.")
    key = key_of(site, "master")
    eventually(lambda: "x-story" in call(site, "/policy-stage/it", key).headers)
    page.get_by_role("tab", name="Test").click()
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Response", exact=True)
    expect(answer).to_contain_text("200")
    inbound = answer.get_by_role("region", name="inbound")
    step = inbound.locator("details").filter(has_text="set-variable").first
    expect(step).to_contain_text("1 variable changed")
    step.locator("summary").click()
    changed = step.get_by_role("table", name="Changed variables")
    expect(changed.get_by_role("row").nth(1)).to_have_text(re.compile("mood.*–.*good"))
    expect(answer.get_by_role("region", name="outbound")).to_contain_text("set-header")
    answer.get_by_role("tab", name="Headers").click()
    expect(
        answer.get_by_role("row", name=re.compile("x-story", re.IGNORECASE))
    ).to_contain_text("told")


def test_a_draft_survives_a_reload_and_the_shelf_inserts_policies(
    open_page: OpenPage, site: Running
) -> None:
    make_echo(site, "draft-stage")
    page = open_publisher(open_page, site, "/apis/draft-stage/policies")
    page.get_by_role("searchbox", name="Find a policy").fill("rate-limit-by")
    page.get_by_role("button", name="rate-limit-by-key").click()
    page.get_by_role("button", name="Insert").click()
    editor = page.get_by_role("textbox", name="Policy document")
    expect(editor).to_contain_text("<rate-limit-by-key")
    page.reload()
    expect(editor).to_contain_text("<rate-limit-by-key")
    page.get_by_role("button", name="Discard them").click()
    expect(editor).not_to_contain_text("<rate-limit-by-key")


def test_what_is_in_force_names_where_it_comes_from(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/apis/azureml-demo/policies")
    page.get_by_role("tab", name="Effective policy").click()
    page.get_by_role("combobox", name="Called through the product").click()
    page.get_by_role("option", name="Starter").click()
    expect(page.get_by_role("region", name="rate-limit")).to_contain_text("calls")
    expect(page.get_by_role("link", name="products/starter").first).to_be_visible()


def test_a_user_who_is_blocked_is_out_at_once(
    open_page: OpenPage, site: Running
) -> None:
    make_echo(site, "shut-out")
    make_product(site, "shut-out")
    manage(site, "PUT", "/products/shut-out/apis/shut-out")
    person = make_person(site, "blocked-soon")
    theirs = open_page()
    sign_in(theirs, person, "/products")
    made = {"productId": "shut-out", "name": "Mine", "termsAccepted": True}
    told = post(theirs.context, "/developer/subscriptions", made)
    key = key_of(site, str(told["id"]))
    assert eventually(lambda: call(site, "/shut-out/it", key).status == 200)
    page = open_publisher(open_page, site, f"/users/{person['id']}")
    page.get_by_role("button", name="Block").click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    done(page, "Blocked-soon Example is blocked.")
    assert theirs.request.get("/session").json()["user"] is None
    assert eventually(lambda: call(site, "/shut-out/it", key).status in (401, 403))
    page.get_by_role("button", name="Unblock").click()
    done(page, "may come in again")


def test_a_request_is_seen_approved_and_its_key_works(
    open_page: OpenPage, site: Running
) -> None:
    make_echo(site, "asked-for")
    manage(site, "PUT", "/products/unlimited/apis/asked-for")
    theirs = open_page()
    sign_in(theirs, make_person(site, "asking"), "/")
    made = {"productId": "unlimited", "name": "Ask one", "termsAccepted": True}
    told = post(theirs.context, "/developer/subscriptions", made)
    assert told["state"] == "submitted"
    key = key_of(site, str(told["id"]))
    assert call(site, "/asked-for/it", key).status == 401
    page = open_publisher(open_page, site)
    page.get_by_role("link", name=re.compile("wait(s)? for approval")).click()
    page.get_by_role("button", name="More actions: Ask one").click()
    page.get_by_role("menuitem", name="Approve").click()
    done(page, "“Ask one” was approved")
    assert eventually(lambda: call(site, "/asked-for/it", key).status == 200)


def test_a_request_is_rejected_with_a_comment(
    open_page: OpenPage, site: Running
) -> None:
    properties = {
        "displayName": "Refuse me",
        "scope": "/products/unlimited",
        "state": "submitted",
    }
    manage(site, "PUT", "/subscriptions/refuse-me", {"properties": properties})
    page = open_publisher(open_page, site, "/subscriptions?state=submitted")
    row = page.get_by_role("row").filter(has_text="Refuse me")
    # By its name, which is not in the list that the server gives.
    expect(row.get_by_role("link", name="Unlimited", exact=True)).to_be_visible()
    page.get_by_role("button", name="More actions: Refuse me").click()
    page.get_by_role("menuitem", name="Reject").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Comment").fill("Not this year.")
    drawer.get_by_role("button", name="Reject").click()
    done(page, "“Refuse me” was rejected.")
    told = manage(site, "GET", "/subscriptions/refuse-me")["properties"]
    assert (told["state"], told["stateComment"]) == ("rejected", "Not this year.")


def test_figures_of_the_dashboard_are_the_calls_that_were_made(
    open_page: OpenPage, site: Running
) -> None:
    make_echo(site, "counted")
    wrong = '<policies><inbound><return-response><set-status code="500" reason="no" />'
    wrong += "</return-response></inbound></policies>"
    fails = {"displayName": "Fail", "method": "GET", "urlTemplate": "/fail"}
    manage(site, "PUT", "/apis/counted/operations/fail", {"properties": fails})
    place = "/apis/counted/operations/fail/policies/policy"
    manage(site, "PUT", place, {"properties": {"value": wrong, "format": "rawxml"}})
    key = key_of(site, "master")
    probes: list[int] = []

    def fails_already() -> bool:
        probes.append(call(site, "/counted/fail", key).status)
        return probes[-1] == 500

    eventually(fails_already)
    # Before the policy is live the backend answers.
    good = 7 + probes.count(200)
    statuses = [call(site, "/counted/it", key).status for _ in range(7)]
    statuses += [call(site, "/counted/it", None).status for _ in range(3)]
    assert statuses == [200] * 7 + [401] * 3
    within = manage(site, "GET", "/reports/total?$filter=" + FILTER)
    eventually(lambda: counted(site)["callCountSuccess"] == good)
    assert within["count"] <= 1
    told = counted(site)
    page = open_publisher(open_page, site, "/?range=1h&apiId=/apis/counted")
    figures = page.locator("dl")
    expect(figures).to_contain_text(f"Calls{told['callCountTotal']}")
    expect(figures).to_contain_text("Blocked3")
    row = page.get_by_role("table", name="APIs", exact=True).get_by_role("row").nth(1)
    cells = row.get_by_role("cell")
    expect(cells.nth(0)).to_have_text("Stage counted")
    expect(cells.nth(1)).to_have_text(str(good))
    expect(cells.nth(2)).to_have_text("3")
    expect(cells.nth(5)).to_have_text(str(told["callCountTotal"]))
    page.get_by_role("tab", name="Operations").click()
    operations = page.get_by_role("table", name="Operations")
    expect(operations.get_by_role("row").nth(1)).to_contain_text("Get it")
    figures.get_by_role("button", name="See the calls").click()
    requests = page.get_by_role("table", name="Requests")
    # Those that failed come first.
    expect(requests.get_by_role("row").nth(1)).to_contain_text("500")
    kept = requests.get_by_role("row").filter(has_text="/counted/it")
    expect(kept).to_have_count(7 + 3)


FILTER = "timestamp%20ge%20datetime'2000-01-01T00:00:00'%20and%20apiId%20eq%20'counted'"


def counted(site: Running) -> dict[str, int]:
    rows = manage(site, "GET", f"/reports/total?$filter={FILTER}")["value"]
    return dict(rows[0]) if rows else {"callCountSuccess": 0}


def test_a_change_by_somebody_else_is_not_overwritten(
    open_page: OpenPage, site: Running
) -> None:
    first = {"displayName": "shared-value", "value": "one"}
    manage(site, "PUT", "/namedValues/shared-value", {"properties": first})
    page = open_publisher(open_page, site, "/named-values?open=shared-value")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Value", exact=True).fill("mine")
    theirs = {"properties": {"value": "theirs"}}
    manage(site, "PATCH", "/namedValues/shared-value", theirs)
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.get_by_role("alert")).to_contain_text("Somebody else changed this")
    told = manage(site, "GET", "/namedValues/shared-value")["properties"]
    assert told["value"] == "theirs"


def test_a_viewer_looks_and_changes_nothing(open_page: OpenPage, site: Running) -> None:
    page = open_page()
    sign_in(page, make_person(site, "looking", "viewer"), "/publisher/products")
    expect(page.get_by_role("link", name="Starter")).to_be_visible()
    expect(page.get_by_role("button", name="New product")).to_have_count(0)
    page.get_by_role("link", name="Starter").click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Unpublish")).to_have_count(0)
    page.get_by_role("tab", name="Policies").click()
    expect(page.get_by_role("textbox", name="Policy document")).to_contain_text("quota")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_an_api_comes_from_a_document_and_a_bad_one_is_pointed_at(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/apis/new/document")
    page.get_by_text("Paste", exact=True).click()
    document = {
        "openapi": "3.0.1",
        "info": {"title": "Pets of mine", "version": "1"},
        "paths": {"/pets": {"get": {"operationId": "list", "responses": 5}}},
    }
    text = page.get_by_label("Text of the document")
    text.fill(json.dumps(document))
    expect(page.get_by_label("Display name")).to_have_value("Pets of mine")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_contain_text("/paths/~1pets/get/responses")
    document["paths"] = {"/pets": {"get": {"operationId": "list", "responses": {}}}}
    text.fill(json.dumps(document))
    page.get_by_role("button", name="Import").click()
    done(page, "“Pets of mine” was created.")
    expect(page.get_by_role("table", name="Operations")).to_contain_text("/pets")
