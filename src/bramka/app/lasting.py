"""Work that a process does again and again, whatever goes wrong with it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

log = logging.getLogger(__name__)


RETRY_SECONDS = 1.0


async def for_ever(
    work: Callable[[], Awaitable[None]], pause: float, *, retry: float = RETRY_SECONDS
) -> NoReturn:
    """Do `work`, pause, do it again; after an error pause for `retry` at least.

    Nobody awaits such a task: were it to end by an error, nobody would know.
    """
    failing = False
    while True:
        try:
            await work()
        except Exception:
            if not failing:
                log.exception("%s failed; it is tried again", work.__qualname__)
            failing = True
        else:
            failing = False
        await asyncio.sleep(max(pause, retry) if failing else pause)
