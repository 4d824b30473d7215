"""A blob store that fails as stores do: away, slow, or with half of what was asked."""

import time
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from bramka.domain.blob import BlobStore
from bramka.domain.clock import Chance
from bramka.domain.errors import Unavailable


class Faults(Struct, frozen=True, kw_only=True):
    """How often, of 1, each fault befalls a call."""

    away: float = 0.0
    """The call has no effect, as when a store answers 500 or not at all."""
    lost: float = 0.0
    """The call has its effect, but its answer is lost."""
    short: float = 0.0
    """A read gives fewer bytes than there are."""
    slow: float = 0.0
    """The call takes `seconds`."""
    seconds: float = 0.05


class FaultyBlobs:
    """Another store, with faults that chance chooses."""

    def __init__(
        self,
        store: BlobStore,
        chance: Chance,
        faults: Faults,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.store = store
        self.chance = chance
        self.faults = faults
        self.sleep = sleep
        self.met = 0
        """How many faults there have been."""

    def __repr__(self) -> str:
        return f"<FaultyBlobs: {self.met} faults of {self.store!r}>"

    def size(self, path: str) -> int:
        self._before("size")
        return self.store.size(path)

    def version(self, path: str) -> str:
        self._before("version")
        return self.store.version(path)

    def read(self, path: str, start: int, length: int) -> bytes:
        self._before("read")
        content = self.store.read(path, start, length)
        if self._befalls(self.faults.short):
            return content[: len(content) // 2]
        return content

    def write(self, path: str, content: Iterable[bytes]) -> None:
        self._before("write")
        self.store.write(path, content)
        self._after("write")

    def delete(self, path: str) -> None:
        self._before("delete")
        self.store.delete(path)
        self._after("delete")

    def names(self, prefix: str) -> Iterator[str]:
        self._before("names")
        return self.store.names(prefix)

    def _before(self, call: str) -> None:
        if self._befalls(self.faults.slow):
            self.sleep(self.faults.seconds)
        if self._befalls(self.faults.away):
            raise Unavailable(f"The store did not answer to {call}: 500.")

    def _after(self, call: str) -> None:
        if self._befalls(self.faults.lost):
            raise Unavailable(f"The answer of the store to {call} was lost.")

    def _befalls(self, share: float) -> bool:
        found = share > 0 and self.chance.random() < share
        self.met += found
        return found
