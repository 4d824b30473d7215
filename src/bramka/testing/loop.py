"""An event loop whose time is a FakeClock's: waiting takes no time at all."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

from bramka.testing.clock import FakeClock

T = TypeVar("T")


class FakeLoop(asyncio.BaseEventLoop):
    """Runs callbacks; when all wait for a later moment, the clock jumps to it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self._selector = _Jump(clock)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.clock.monotonic()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`."""
        return self.run_until_complete(work)

    def settle(self) -> None:
        """Run what is due now."""
        self.run_until_complete(asyncio.sleep(0))

    def run_in_executor(  # type: ignore[override] # typeshed's needs type parameters
        self, _executor: Executor | None, work: Callable[..., T], *arguments: Any
    ) -> asyncio.Future[T]:
        """Runs `work` at once: no thread, so nothing depends on how fast it is."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(work(*arguments))
        except Exception as error:
            done.set_exception(error)
        return done

    def _process_events(self, _events: list[object]) -> None:
        """There are no sockets, so no events."""

    def _write_to_self(self) -> None:
        """There are no threads that would have to wake us."""

    def __del__(self, _warn: object = None) -> None:
        """Nothing is held that an unclosed loop could leak."""


class _Jump:
    """Stands where an event loop has its selector."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def select(self, timeout: float | None) -> list[object]:
        assert timeout is not None, "everything waits for something that never comes"
        if timeout > 0:
            self._clock.advance(timeout)
        return []
