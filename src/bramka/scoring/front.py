"""The front of the services process: every request comes in here."""

import logging
from collections.abc import Awaitable, Iterable

from bramka.domain.clock import Chance
from bramka.domain.errors import BramkaError
from bramka.scoring.refusal import answer_of, refusal_for, refuse, wire_refusal
from bramka.scoring.router import Route, Router
from bramka.scoring.traced import CALL_ID
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
        call_id = self._chance.hex(16)
        try:
            run, values = self._router.find(request)
            request.headers.append((CALL_ID, call_id.encode()))
            outcome = run(request, values)
        except Exception as error:
            outcome = _answer_to(error, request, call_id)
        if isinstance(outcome, Answer):
            return _stamped(outcome, call_id)
        return _later(outcome, request, call_id)

    def refuse(self, status: int, message: str) -> Answer:
        """The answer to a request that broke a limit or HTTP itself."""
        return _stamped(wire_refusal(status, message), self._chance.hex(16))


async def _later(outcome: Awaitable[Answer], request: Request, call_id: str) -> Answer:
    try:
        return _stamped(await outcome, call_id)
    except Exception as error:
        return _stamped(_answer_to(error, request, call_id), call_id)


def _stamped(answer: Answer, call_id: str) -> Answer:
    answer.headers.append((b"x-ms-request-id", call_id.encode()))
    return answer


def _answer_to(error: Exception, request: Request, call_id: str) -> Answer:
    if isinstance(error, BramkaError):
        return answer_of(refusal_for(error))
    log.error(
        "call %s, %s %s, failed", call_id, request.method, request.path, exc_info=error
    )
    message = f"The log of the services says why, under call {call_id}."
    return answer_of(refuse("InternalError", "UnknownError", message))
