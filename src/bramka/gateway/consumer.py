"""Who is told of a backend's answer, by callbacks."""

from typing import Protocol, runtime_checkable

from bramka.wire.fields import Fields
from bramka.wire.plain_heads import AnswerHead


class Consumer(Protocol):
    """Who is told of an answer."""

    def answer_whole(self, head: AnswerHead, body: bytes) -> None: ...
    def answer_began(
        self, status: int, reason: bytes, fields: Fields, length: int | None
    ) -> None: ...
    def answer_piece(self, data: bytes) -> None: ...
    def answer_ended(self) -> None: ...
    def answer_broken(self, reason: str, *, stale: bool) -> None: ...
    def pause_request(self) -> None: ...
    def resume_request(self) -> None: ...


@runtime_checkable
class Switcher(Protocol):
    """A consumer that asked the backend to switch protocols."""

    def answer_switched(self, fields: Fields, rest: bytes) -> None:
        """It did; `rest` is what came behind its answer.

        The transport is the consumer's from here on.
        """
