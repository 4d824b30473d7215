"""The gateway's line to the console for tokens of connections."""

from http import HTTPStatus

import httpx2
import msgspec

from bramka.domain.errors import BramkaError, Conflict, Forbidden, Missing, Unavailable
from bramka.domain.traffic.authorization_context import LentToken, WantedToken

SECONDS = 30.0
"""The console may have to ask a provider first."""
_REFUSALS: dict[int, type[BramkaError]] = {
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: Missing,
    HTTPStatus.CONFLICT: Conflict,
}


class Borrowing:
    """Asks the console; a connection to it is opened when the first call needs one."""

    def __init__(self, console: str, headers: dict[str, str]) -> None:
        self._console, self._headers = console, headers
        self._client: httpx2.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"<Borrowing from {self._console}>"

    async def lend(self, wanted: WantedToken) -> LentToken:
        """A `Lend`: see there for what else may happen."""
        if self._client is None:
            self._client = httpx2.AsyncClient(
                base_url=self._console, headers=self._headers, timeout=SECONDS
            )
        content = msgspec.json.encode(wanted)
        try:
            answer = await self._client.post("/gateway/authorizations", content=content)
        except (httpx2.HTTPError, OSError) as error:
            why = f"the console does not answer: {type(error).__name__}."
            raise Unavailable(why) from None
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=LentToken)
        kind = _REFUSALS.get(answer.status_code, Unavailable)
        raise kind(_message(answer))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()


def _message(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the console answers {answer.status_code}."
