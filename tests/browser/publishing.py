"""What the stories of publishers share: people, APIs, what one types."""

from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.managing import manage
from tests.journeys.running import Reply, Running

PASSWORD = "correct horse battery"
ECHO = "echo-stage"


def open_publisher(
    open_page: OpenPage, site: Running, path: str = "/", **how: object
) -> Page:
    """A page of the demo's owner."""
    page = open_page(**how)
    sign_in(page, site.demo["admin"], f"/publisher{path}")
    return page


def make_person(site: Running, name: str, role: str | None = None) -> dict[str, str]:
    """A user who can sign in, perhaps with a role."""
    email = f"{name}@example.com"
    person = {
        "firstName": name.capitalize(),
        "lastName": "Example",
        "email": email,
        "password": PASSWORD,
    }
    manage(site, "PUT", f"/users/{name}", {"properties": person})
    if role is not None:
        manage(site, "POST", f"/users/{name}/setRole", {"role": role})
    return {"id": name, "email": email, "password": PASSWORD}


def make_echo(site: Running, name: str = ECHO) -> None:
    """An API in front of the console's echo, with one operation that answers 200."""
    api = {
        "displayName": f"Stage {name}",
        "path": name,
        "serviceUrl": f"{site.run['console_url']}/echo",
        "protocols": ["http", "https"],
    }
    manage(site, "PUT", f"/apis/{name}", {"properties": api})
    get = {"displayName": "Get it", "method": "GET", "urlTemplate": "/it"}
    manage(site, "PUT", f"/apis/{name}/operations/get-it", {"properties": get})


def key_of(site: Running, subscription: str) -> str:
    told = manage(site, "POST", f"/subscriptions/{subscription}/listSecrets")
    return str(told["primaryKey"])


def call(site: Running, path: str, key: str | None) -> Reply:
    """A call through the gateway."""
    return site.call("GET", path, Ocp_Apim_Subscription_Key=key)


def write(page: Page, text: str) -> Locator:
    """Put a whole document into the policy editor, as somebody who pastes it."""
    editor = page.get_by_role("textbox", name="Policy document")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    return editor


def post(context: BrowserContext, path: str, body: object) -> dict[str, object]:
    """A call of somebody who is signed in, as their page makes it."""
    session = context.request.get("/session").json()
    headers = {"X-CSRF-Token": session["csrf"]}
    answer = context.request.post(path, headers=headers, data=body)
    assert answer.ok, answer.text()
    told: dict[str, object] = answer.json()
    return told


def done(page: Page, text: str) -> None:
    """The toast says so."""
    expect(page.get_by_role("region", name="Notifications")).to_contain_text(text)
