"""One call of the developer face, as what answers it sees it."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from starlette.responses import Response

from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid
from bramka.portals.developer.counters import Counters
from bramka.portals.developer.reader import Reader
from bramka.store.transaction import Transaction

PAGE = 50
LARGEST_PAGE = 1000
LARGEST_SKIP = 1_000_000_000
Body = TypeVar("Body", bound=Struct)


class Call(Struct, frozen=True, kw_only=True):
    """A call inside its transaction."""

    transaction: Transaction
    usage: Engine
    chance: Chance
    counters: Counters
    gateway: str
    """Where callers reach the gateway."""
    portal: str
    """Where people reach this face."""
    reader: Reader
    url: str
    """As the caller wrote it, without the query."""
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"<Call: {self.url}>"

    def read(self, form: type[Body]) -> Body:
        """The body as a `form`; Invalid says what is wrong with it."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=form)
        except msgspec.MsgspecError as error:
            raise Invalid(f"The body cannot be used: {error}") from None

    def page(self) -> tuple[int, int]:
        """`skip` and `top` of a list."""
        skip = self._whole("skip", 0, 0, LARGEST_SKIP)
        return skip, self._whole("top", PAGE, 1, LARGEST_PAGE)

    def _whole(self, name: str, default: int, least: int, most: int) -> int:
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 11):
            raise Invalid(f"{name} is '{text[:40]}'; give a whole number.", target=name)
        if not least <= int(text) <= most:
            raise Invalid(f"{name} is {text}; give {least} to {most}.", target=name)
        return int(text)


class Created(Struct, frozen=True):
    """What a call made; answered with 201."""

    value: object


Serve = Callable[[Call], object]
"""Answers a call: a value to be told as JSON, Created, or a Response as it is."""
Refuse = Callable[[Exception], Response]
"""The answer that tells an error, in the one shape of the console."""
