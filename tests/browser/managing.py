"""What a publisher does through the management REST, to set a stage for developers."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from typing import Any

from tests.journeys.running import Running, eventually


def manage(site: Running, method: str, rest: str, body: object = None) -> Any:
    """One call at the instance; what it answers."""
    place = site.demo["management"]
    path = (
        f"/subscriptions/{place['subscription_id']}"
        f"/resourceGroups/{place['resource_group']}"
        f"/providers/Microsoft.ApiManagement/service/{place['service_name']}"
        f"{rest}{'&' if '?' in rest else '?'}api-version=2024-05-01"
    )
    answer = site.call(
        method,
        path,
        body,
        base="console_url",
        Authorization=f"Bearer {place['token']}",
        Content_Type="application/json" if body is not None else None,
        If_Match="*" if method in ("PATCH", "DELETE") else None,
    )
    assert answer.status < 300, (answer.status, answer.body)
    return answer.json() if answer.body else None


def make_product(site: Running, name: str, **properties: object) -> None:
    """A product with the demo's API that all developers see."""
    given = {"displayName": name, "state": "published", **properties}
    manage(site, "PUT", f"/products/{name}", {"properties": given})
    manage(site, "PUT", f"/products/{name}/apis/azureml-demo")
    manage(site, "PUT", f"/products/{name}/groups/developers")


def link_in_mail(site: Running, address: str, page: str) -> str:
    """The path of the link to a page in the newest mail to an address."""

    def look() -> str | None:
        folder = site.data / "mail"
        files = sorted(folder.rglob("*.eml"), key=lambda file: file.stat().st_mtime)
        for file in reversed(files):
            message = message_from_bytes(file.read_bytes(), policy=default)
            if address not in str(message["To"]):
                continue
            part = message.get_body(("plain", "html"))
            text = part.get_content() if part else ""
            if found := re.search(rf"/{page}\?token=[\w.~-]+", text):
                return found.group()
        return None

    path = eventually(wrapped(look))
    assert path
    return path


def wrapped(look: Callable[[], str | None]) -> Callable[[], str | None]:
    """The same, before the folder is made."""

    def careful() -> str | None:
        try:
            return look()
        except FileNotFoundError:
            return None

    return careful
