"""Sessions and one-time links: how long they live, and what they are called."""

from typing import Literal

from msgspec import Struct

COOKIE = "bramka-session"
SECURE_COOKIE = "__Host-bramka-session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

IDLE_SECONDS = 8 * 3600.0
LONGEST_SECONDS = 7 * 86400.0
TOUCH_SECONDS = 60.0
"""A session that was seen less long ago is not written anew."""
SETBACK_SECONDS = 3600.0
"""A session that seems to begin later than this from now is not believed."""
RECENT_SECONDS = 600.0
"""How long a sign-in counts as one that needs no password for grave steps."""

Purpose = Literal["confirm", "invitation", "reset", "email", "enter"]
LINK_SECONDS: dict[Purpose, float] = {
    "confirm": 3 * 86400.0,
    "invitation": 7 * 86400.0,
    "reset": 2 * 3600.0,
    "email": 86400.0,
    "enter": 300.0,
}
"""What a link is for → how long it opens anything."""
LINK_PAGES: dict[Purpose, str] = {
    "confirm": "/confirm",
    "invitation": "/invitation",
    "reset": "/reset",
    "email": "/email",
    "enter": "/signin-sso",
}
"""What a link is for → the page it leads to."""


def is_secure(scheme: str, portal: str) -> bool:
    """Whether browsers reach us over https, here or at a proxy in front of us."""
    return scheme == "https" or portal.startswith("https://")


def cookie_name(*, secure: bool) -> str:
    """Over https the name is one that only we can set, not a neighbouring host."""
    return SECURE_COOKIE if secure else COOKIE


class Span(Struct, frozen=True, kw_only=True):
    """When a session began, was seen last, and was proved with a password."""

    created: float
    seen: float
    proved: float

    def alive(self, now: float) -> bool:
        """Whether it still opens anything; a clock set far back ends it."""
        return (
            now < self.seen + IDLE_SECONDS
            and now < self.created + LONGEST_SECONDS
            and now > self.created - SETBACK_SECONDS
        )

    def stale(self, now: float) -> bool:
        """Whether it is time to note that it was seen."""
        return abs(now - self.seen) >= TOUCH_SECONDS

    def recent(self, now: float) -> bool:
        """Whether the password was given so lately that it need not be again."""
        return 0 <= now - self.proved < RECENT_SECONDS
