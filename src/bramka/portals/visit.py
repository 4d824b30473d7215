"""One call of a browser, as what answers it sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request

from bramka.domain.errors import Forbidden, Invalid, Unauthenticated
from bramka.domain.traffic.account import preferred_language
from bramka.domain.traffic.account_attempts import neighbourhood
from bramka.domain.traffic.account_session import (
    CSRF_HEADER,
    SAFE_METHODS,
    is_secure,
)
from bramka.portals.cookie import session_token
from bramka.portals.site import Site
from bramka.store import session
from bramka.store.session import From, Visitor

LARGEST_BODY = 64 * 1024
Form = TypeVar("Form", bound=Struct)


@dataclass(frozen=True)
class Visit:
    """A request that a thread can use, outside of any transaction."""

    site: Site
    method: str
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    cookies: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    token: str = field(repr=False)
    """Of the session's cookie; empty without one."""
    csrf: str = field(repr=False)
    agent: str
    address: str
    language: str
    secure: bool
    """Whether the browser reaches us over https."""
    fetch_site: str
    """Whose page sent the browser here, as the browser says."""

    @property
    def neighbourhood(self) -> str:
        """Where the call comes from, as attempts are counted."""
        return neighbourhood(self.address)

    @property
    def place(self) -> From:
        return From(agent=self.agent, address=self.address)

    def read(self, form: type[Form]) -> Form:
        """The body as a `form`; Invalid says what is wrong with it."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=form)
        except msgspec.MsgspecError as error:
            raise Invalid(f"The body cannot be used: {error}") from None

    def visitor(self) -> Visitor | None:
        """Who is signed in, if anybody is; Forbidden for a change without proof."""
        if not self.token:
            return None
        with self.site.store.reading() as transaction:
            found = session.find(transaction, self.token)
            if found is not None:
                session.check_csrf(transaction, self.token, self.method, self.csrf)
            return found

    def signed_in(self) -> Visitor:
        """Who is signed in; Unauthenticated if nobody is."""
        found = self.visitor()
        if found is None:
            raise Unauthenticated("You are not signed in, or no longer; sign in first.")
        return found


async def visit_of(site: Site, request: Request) -> Visit:
    """The request with its body; refuses what another site's page may have sent."""
    _refuse_foreign(request)
    headers = request.headers
    return Visit(
        site=site,
        method=request.method,
        path=request.url.path,
        ids=request.path_params,
        query=dict(request.query_params),
        cookies=request.cookies,
        body=await _read_body(request),
        token=session_token(request, site.addresses.portal),
        csrf=headers.get(CSRF_HEADER, ""),
        agent=_printed(headers.get("user-agent", "")),
        address=request.client.host if request.client else "",
        language=preferred_language(headers.get("accept-language", "")),
        fetch_site=headers.get("sec-fetch-site", "none"),
        secure=is_secure(request.url.scheme, site.addresses.portal),
    )


def _refuse_foreign(request: Request) -> None:
    """Forbidden for changes that a page of another site makes a browser send."""
    if request.method in SAFE_METHODS:
        return
    from_where = request.headers.get("sec-fetch-site", "same-origin")
    if from_where not in ("same-origin", "none"):
        refusal = Forbidden("A page of another site sent this; do it on our pages.")
        refusal.code = "CsrfTokenInvalid"
        raise refusal
    # A form of another site can send any text, but cannot call it JSON.
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = request.headers.get("content-length", "0") == "0"
    if kind != "application/json" and not (
        empty and "transfer-encoding" not in request.headers
    ):
        raise Invalid(
            "The body is not called JSON; send `Content-Type: application/json`.",
            target="Content-Type",
        )


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise Invalid(f"The body is larger than {LARGEST_BODY} bytes; send less.")
    return bytes(body)


def _printed(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text[:200])
