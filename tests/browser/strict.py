"""A page that remembers everything a page of ours must never do."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

REFUSED = "Failed to load resource: the server responded with a status of 4"


class Strictness:
    """Outside requests, console errors (a CSP violation is one) and page errors."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = set(origins)
        self.faults: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob"):
            return
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            self.faults.append(f"outside request: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal of the server is part of many stories; the page tells it itself.
        if message.type == "error" and not message.text.startswith(REFUSED):
            self.faults.append(f"console: {message.text} ({message.location})")
