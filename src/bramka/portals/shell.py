"""The page that each browser face starts from, with a nonce and a policy of its own."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bramka.domain.clock import Chance
from bramka.portals.assets import BUILT, Assets

METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"]
LANGUAGES = ("en", "pl")
SCHEMES = ("light", "dark")
NONCE = "__CSP_NONCE__"
NONCE_BYTES = 16
NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Bramka</title>
<h1>The browser faces are not built</h1>
<p>The server runs, but this installation holds no built pages.
Run <code>python hatch_build.py build</code> in the source tree (it needs node and npm),
or install a released wheel, which holds them; then load this page again.</p>
"""


def face_routes(chance: Chance, reached: Iterable[str]) -> list[Route]:
    """Pages and files of the browser faces; `reached`: addresses that pages may call.

    They answer every path left over, so they go last.
    """
    shell = Shell(chance, reached)
    return [
        Route("/static/ui/assets/{name}", Assets().answer, methods=["GET"]),
        Route("/{rest:path}", shell.answer, methods=METHODS),
    ]


class Shell:
    """Sends a face's page for any address inside of it."""

    def __init__(
        self, chance: Chance, reached: Iterable[str], built: Path = BUILT
    ) -> None:
        self._chance = chance
        self._built = built
        self._reached = " ".join(sorted({origin(address) for address in reached}))

    async def answer(self, request: Request) -> Response:
        """The page; what is no page, or not asked for by a browser, is not here."""
        path: str = request.url.path
        # Programs that miss a door get an error in the one shape instead.
        wanted = "text/html" in request.headers.get("accept", "")
        reading = request.method in ("GET", "HEAD")
        if not (reading and wanted) or path.startswith("/static/"):
            raise HTTPException(404)
        nonce = self._chance.hex(NONCE_BYTES)
        headers = {
            "Content-Security-Policy": self._policy(nonce),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        file = self._built / f"{face_at(path)}.html"
        if not file.is_file():
            return HTMLResponse(NOT_BUILT, 503, headers)
        page = file.read_text("utf-8").replace(NONCE, nonce)
        html = f'<html lang="{language_of(request)}"{scheme_of(request)}>'
        return HTMLResponse(page.replace('<html lang="en">', html, 1), 200, headers)

    def _policy(self, nonce: str) -> str:
        return (
            "default-src 'none'; script-src 'self'; "
            f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
            f"font-src 'self'; connect-src 'self' {self._reached}; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
        )


def face_at(path: str) -> str:
    """The face that an address belongs to."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in ("publisher", "studio") else "developer"


def language_of(request: Request) -> str:
    """The language chosen before, or the first one of the browser's that we speak."""
    chosen = request.cookies.get("bramka-language")
    if chosen in LANGUAGES:
        return chosen
    wishes = re.findall(
        r"([a-z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([\d.]+))?",
        request.headers.get("accept-language", "").lower(),
    )
    for language, _ in sorted(wishes, key=lambda wish: -quality(wish[1])):
        if language in LANGUAGES:
            return str(language)
    return LANGUAGES[0]


def quality(written: str) -> float:
    """A quality value; one that is not a number counts as none."""
    try:
        return float(written or 1)
    except ValueError:
        return 0.0


def scheme_of(request: Request) -> str:
    """Colours chosen before, as an attribute, so that the first paint has them."""
    chosen = request.cookies.get("bramka-scheme")
    return f' data-mantine-color-scheme="{chosen}"' if chosen in SCHEMES else ""


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
