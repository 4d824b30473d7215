"""Pages that people see while they agree to a connection: no script, no style."""

from collections.abc import Mapping
from html import escape

from msgspec import Struct, structs
from starlette.responses import HTMLResponse, Response

from bramka.portals.door import NO_STORE

_HEADERS: Mapping[str, str] = {
    **NO_STORE,
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Invitation(Struct, frozen=True, kw_only=True):
    """What somebody is about to agree to; the repr shows no code."""

    provider: str
    connection: str
    gateway: str
    code: str
    host: str
    agreed: str

    def __repr__(self) -> str:
        return f"<Invitation {self.connection}>"


class _Words(Struct, frozen=True):
    """What the pages say in one language."""

    ask: str
    code: str
    go_on: str
    done: str
    failed: str


_WORDS = {
    "en": _Words(
        ask="{provider} will ask you to let the connection “{connection}” of the API "
        "gateway “{gateway}” act in your name. Go on only if you expected this.",
        code="Whoever sent you here may ask for this code: <b>{code}</b>",
        go_on="Go on to {host}",
        done="The connection is made. You may close this page.",
        failed="The connection was not made. {why}",
    ),
    "pl": _Words(
        ask="{provider} zapyta, czy połączenie „{connection}” bramki API „{gateway}” "
        "może działać w Twoim imieniu. Przejdź dalej tylko, jeśli tego oczekujesz.",
        code="Kto Cię tu przysłał, może zapytać o ten kod: <b>{code}</b>",
        go_on="Dalej do {host}",
        done="Połączenie jest gotowe. Możesz zamknąć tę stronę.",
        failed="Połączenie nie powstało. {why}",
    ),
}


def invitation(language: str, told: Invitation) -> Response:
    """Before the provider asks: who will act in whose name."""
    words = _words(language)
    texts = {name: escape(text) for name, text in structs.asdict(told).items()}
    return _page(
        language,
        f"<p>{words.ask.format(**texts)}</p>\n"
        f"<p>{words.code.format(**texts)}</p>\n"
        f'<p><a href="?agreed={texts["agreed"]}">{words.go_on.format(**texts)}</a></p>',
    )


def done(language: str) -> Response:
    """The connection is made, and nobody said where to go then."""
    return _page(language, f"<p>{_words(language).done}</p>")


def failed(language: str, why: str) -> Response:
    """It was not made, and why."""
    text = _words(language).failed.format(why=escape(why))
    return _page(language, f"<p>{text}</p>", 400)


def _words(language: str) -> _Words:
    return _WORDS.get(language, _WORDS["en"])


def _page(language: str, content: str, status: int = 200) -> Response:
    spoken = language if language in _WORDS else "en"
    page = (
        f'<!doctype html>\n<html lang="{spoken}"><meta charset="utf-8">'
        f"<title>Bramka</title>\n<h1>Bramka</h1>\n{content}\n</html>\n"
    )
    return HTMLResponse(page, status, _HEADERS)
