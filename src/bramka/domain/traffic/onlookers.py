"""Those who look on at a call: who traces it, and what diagnostics want of it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bramka.domain.traffic.exchange import Response


class Trace(Protocol):
    """Takes down what happens to a call that may be traced."""

    def __call__(self, source: str, details: Mapping[str, object]) -> None:
        """Something happened at `source`."""

    def watch(self, place: Any) -> AbstractContextManager["Watched"]:
        """Takes down what the step at `place` does while this is open."""

    def sent(self, head: bytes, address: str) -> None:
        """The request with this head goes to the backend."""

    def answered(self, response: "Response") -> None:
        """The head of the backend's answer is here."""


class Watched:
    """What came of a step that is watched."""

    outcome: "Response | None" = None


class Logged(Protocol):
    """What diagnostics want of a call."""

    @property
    def shows_address(self) -> bool:
        """Whether it is told where the caller is."""

    def admits(self, status: int) -> bool:
        """Whether the call is logged, having ended so."""

    def said(self, severity: str, source: str, details: Mapping[str, str]) -> None:
        """A trace policy said something."""
