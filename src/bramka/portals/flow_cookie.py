"""Cookies that only we can read or write: what must come back as it was sent.

Who begins something in one browser ends it in the same one.
"""

import base64
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from starlette.responses import Response

from bramka.domain.errors import Unavailable
from bramka.portals.visit import Visit

FLOW_SECONDS = 600


class Passing(Protocol):
    """What is kept, and until when it is good."""

    @property
    def until(self) -> float:
        """Seconds since 1970."""


FlowT = TypeVar("FlowT", bound=Passing)


class FlowCookie(Generic[FlowT]):
    """One kind of them."""

    def __init__(self, name: str, context: str, flow: type[FlowT]) -> None:
        """`context` is what the ciphertext is bound to."""
        self._name, self._context, self._flow = name, context, flow

    def __repr__(self) -> str:
        return f"<FlowCookie {self._name}>"

    def name(self, visit: Visit) -> str:
        return f"__Host-{self._name}" if visit.secure else self._name

    def give(self, visit: Visit, response: Response, flow: FlowT) -> None:
        """Have the browser keep it for as long as it is good."""
        cipher = visit.site.store.vault.cipher
        sealed = cipher.encrypt(msgspec.json.encode(flow), self._context)
        kept = base64.urlsafe_b64encode(sealed).decode()
        flags = _flags(visit)
        response.set_cookie(self.name(visit), kept, max_age=FLOW_SECONDS, **flags)

    def read(self, visit: Visit) -> FlowT | None:
        """What the browser kept; None when that is nothing of ours, or too old."""
        text = visit.cookies.get(self.name(visit), "")
        cipher = visit.site.store.vault.cipher
        try:
            plain = cipher.decrypt(base64.urlsafe_b64decode(text), self._context)
            flow = msgspec.json.decode(plain, type=self._flow)
        except (ValueError, Unavailable, msgspec.MsgspecError):
            return None
        return flow if flow.until > visit.site.store.clock.now() else None

    def take_back(self, visit: Visit, response: Response) -> None:
        """Once: the same answer opens nothing more."""
        response.delete_cookie(self.name(visit), **_flags(visit))


def _flags(visit: Visit) -> dict[str, Any]:
    return {"path": "/", "secure": visit.secure, "httponly": True, "samesite": "lax"}
