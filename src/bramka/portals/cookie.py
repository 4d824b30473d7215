"""The cookies of sessions: names, flags, and who is behind one."""

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bramka.domain.traffic.account_session import (
    CSRF_HEADER,
    LONGEST_SECONDS,
    cookie_name,
    is_secure,
)
from bramka.domain.traffic.user import User
from bramka.portals.developer.reader import Reader, ReaderOf
from bramka.store import session
from bramka.store.transaction import Store, Transaction

DEVELOPERS = "developers"


def session_token(request: Request, portal: str) -> str:
    """The token in the session's cookie; empty without one."""
    secure = is_secure(request.url.scheme, portal)
    return request.cookies.get(cookie_name(secure=secure), "")


def keep_session(response: Response, token: str, *, secure: bool) -> None:
    """Have the browser keep a session; scripts cannot read it, other sites not send."""
    response.set_cookie(
        cookie_name(secure=secure),
        token,
        max_age=int(LONGEST_SECONDS),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, *, secure: bool) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(
        cookie_name(secure=secure),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def readers(portal: str) -> ReaderOf:
    """Who reads the developer face that is reached at the address `portal`."""

    def reader_of(transaction: Transaction, request: Request) -> Reader:
        token = session_token(request, portal)
        visitor = session.find(transaction, token) if token else None
        if visitor is None:
            return Reader()
        csrf = request.headers.get(CSRF_HEADER, "")
        session.check_csrf(transaction, token, request.method, csrf)
        if visitor.session.span.stale(transaction.now):
            request.state.stale_session = visitor.session.id
        return Reader(
            user_id=visitor.user.id,
            groups=groups_of(visitor.user),
            language="pl" if visitor.account.language == "pl" else "en",
            role=visitor.role,
        )

    return reader_of


def groups_of(user: User) -> tuple[str, ...]:
    """Everybody who has signed up is a developer, whatever is written down."""
    return tuple(sorted({*user.groups, DEVELOPERS}))


class SeenSessions:
    """Notes, after an answer, that the session behind it was in use.

    Doors that only read leave the session's id in the request's state.
    """

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self._app, self._store = app, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        stale = scope.get("state", {}).get("stale_session")
        if stale is not None:
            await anyio.to_thread.run_sync(session.seen, self._store, stale)
