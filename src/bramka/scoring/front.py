"""The front of the services process: every request comes in here."""

import logging
from collections.abc import Awaitable, Iterable

from bramka.domain.clock import Chance
from bramka.domain.errors import BramkaError
from bramka.scoring.refusal import answer_of, refusal_for, refuse, wire_refusal
from bramka.scoring.router import Route, Router
from bramka.wire.message import Answer, Request

log = logging.getLogger(__name__)


class Front:
    """Finds who answers, and gives each answer its request id."""

    def __init__(self, routes: Iterable[Route], chance: Chance) -> None:
        self._router = Router(routes)
        self._chance = chance

    def __repr__(self) -> str:
        return f"<Front: {self._router!r}>"

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """The `bramka.wire.message.Handler` of the process; never raises."""
        try:
            run, values = self._router.find(request)
            outcome = run(request, values)
        except Exception as error:
            outcome = _answer_to(error, request)
        if isinstance(outcome, Answer):
            return self._stamped(outcome)
        return self._later(outcome, request)

    def refuse(self, status: int, message: str) -> Answer:
        """The answer to a request that broke a limit or HTTP itself."""
        return self._stamped(wire_refusal(status, message))

    async def _later(self, outcome: Awaitable[Answer], request: Request) -> Answer:
        try:
            return self._stamped(await outcome)
        except Exception as error:
            return self._stamped(_answer_to(error, request))

    def _stamped(self, answer: Answer) -> Answer:
        answer.headers.append((b"x-ms-request-id", self._chance.hex(16).encode()))
        return answer


def _answer_to(error: Exception, request: Request) -> Answer:
    if isinstance(error, BramkaError):
        return answer_of(refusal_for(error))
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer_of(
        refuse("InternalError", "UnknownError", "The log of the services says why.")
    )
