"""The request log: single calls of the moment, as many as are wanted, for a batch."""

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.logged_request import CacheUse, LoggedRequest

LONGEST_PATH = 1_000


class RequestLog:
    """Calls noted since the last batch; those beyond `most` are only counted."""

    def __init__(self, most: int, *, with_addresses: bool = False) -> None:
        self._most = most
        self._with_addresses = with_addresses
        self._lines: list[LoggedRequest] = []

    def note(
        self,
        exchange: Exchange,
        what: tuple[str, str],
        who: tuple[str, str, str],
        status: tuple[int, int],
        micros: tuple[int, int],
    ) -> None:
        """Note a call that is over, unless there are enough or it is not to be logged.

        `status` is what the caller got and what the backend answered, `micros` the time
        of the whole call and that of the backend, -1 when it was not reached.
        """
        if len(self._lines) >= self._most:
            return
        logged = exchange.logged
        if logged is not None and not logged.admits(status[0]):
            return
        shown = self._with_addresses or (logged is not None and logged.shows_address)
        request = exchange.request
        self._lines.append(
            LoggedRequest(
                request_id=exchange.request_id,
                timestamp=exchange.timestamp,
                api=what[0],
                operation=what[1],
                product=who[0],
                subscription=who[1],
                user=who[2],
                method=request.method,
                url=f"{request.scheme}://{request.host}{request.path[:LONGEST_PATH]}",
                ip_address=request.ip_address if shown else "",
                response_code=status[0],
                backend_response_code=status[1],
                request_size=exchange.request_size,
                response_size=exchange.response_size,
                cache=cache_use(exchange),
                api_micros=max(0, micros[0]),
                service_micros=max(0, micros[1]),
            )
        )

    def cut(self) -> tuple[LoggedRequest, ...]:
        """What was noted since the last time."""
        lines, self._lines = self._lines, []
        return tuple(lines)

    def __repr__(self) -> str:
        return f"<RequestLog: {len(self._lines)} of {self._most}>"


def cache_use(exchange: Exchange) -> CacheUse:
    """Whether the cache was asked, and answered."""
    if exchange.cache_place is None:
        return "none"
    response = exchange.response
    return "hit" if response is not None and response.is_cached else "miss"
