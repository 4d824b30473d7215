"""What the tests of expressions share: an exchange, its surroundings, one call."""

import time
from typing import Any

from bramka.domain.traffic.exchange import Exchange, Headers, Request, Response, Url
from bramka.domain.traffic.policy_text import Place
from bramka.expressions import Compiled, Surroundings, compile_expression, text_of

NOW = 1_700_000_000.5
"""2023-11-14 22:13:20.5 UTC."""
ID = "8f14e45f-ceea-467f-a8d8-000000000007"


class Clock:
    def now(self) -> float:
        return NOW

    def monotonic(self) -> float:
        return time.monotonic()


class Chance:
    def random(self) -> float:
        return 0.25

    def hex(self, size: int) -> str:
        return "5a" * size


AROUND = Surroundings(Clock(), Chance(), service_name="shop", region="West US")


class Field:
    def __init__(self, name: bytes, value: bytes) -> None:
        self.name, self.value = name, value


def request(
    method: str = "GET",
    target: str = "/echo/a b",
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Request:
    fields = [Field(k.encode(), v.encode()) for k, v in (headers or {}).items()]
    made = Request(
        method, "https", "gate.example", target, query, fields, "203.0.113.9"
    )
    made.set_url(Url("http", "backend.example", 8080, target, query))
    made.body.content = body
    return made


def exchange(**parts: Any) -> Exchange:
    return Exchange(request(**parts), (ID[:24], 7), time.monotonic(), NOW)


def response(status: int = 200, body: bytes = b"", **headers: str) -> Response:
    fields = [(k.encode(), v.encode()) for k, v in headers.items()]
    return Response(status, "OK", Headers(fields), body)


def compiled(source: str) -> Compiled:
    """`source` compiled as a block if it has a return, else as an expression."""
    return compile_expression(
        source, is_block="return" in source or "throw " in source, place=Place(1, 1)
    )


def value(source: str, around_exchange: Exchange | None = None) -> Any:
    """What `source` gives."""
    return compiled(source).evaluate(around_exchange or exchange(), AROUND)


def text(source: str, around_exchange: Exchange | None = None) -> str:
    """What `source` gives, as C# prints it."""
    return text_of(value(source, around_exchange))
