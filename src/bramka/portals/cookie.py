"""The cookies of sessions: names, flags, and who is behind one."""

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bramka.domain.traffic.account_session import (
    CSRF_HEADER,
    LONGEST_SECONDS,
    TOUCH_SECONDS,
    cookie_name,
    is_secure,
)
from bramka.domain.traffic.user import User
from bramka.portals.developer.reader import Reader, ReaderOf
from bramka.store import instance, session
from bramka.store.transaction import Store, Transaction

DEVELOPERS = "developers"
MOST_NOTED = 10_000


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
        instance.refuse_deleted(transaction)
        token = session_token(request, portal)
        visitor = session.find(transaction, token) if token else None
        if visitor is None:
            return Reader()
        csrf = request.headers.get(CSRF_HEADER, "")
        session.check_csrf(transaction, token, request.method, csrf)
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
    """Notes, after an answer and now and then, that the session behind it is in use."""

    def __init__(self, app: ASGIApp, store: Store, portal: str) -> None:
        self._app, self._store, self._portal = app, store, portal
        self._noted: dict[str, float] = {}
        """Token → when it was last noted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        token = self._token(scope)
        now = self._store.clock.now()
        if not token or abs(now - self._noted.get(token, 0.0)) < TOUCH_SECONDS:
            return
        if len(self._noted) >= MOST_NOTED:
            self._noted.clear()
        self._noted[token] = now
        await anyio.to_thread.run_sync(session.seen, self._store, token)

    def _token(self, scope: Scope) -> str:
        return session_token(Request(scope), self._portal) if _is_http(scope) else ""


def _is_http(scope: Scope) -> bool:
    return str(scope["type"]) == "http"
