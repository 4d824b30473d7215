"""What decides in the store of limits, and how it is asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

SCRIPT = Path(__file__).with_name("limits.lua").read_text("utf-8")
TIMEOUT = 0.5
"""Seconds that the store may take for a batch."""


class StoreAway(Exception):
    """The store did not answer; the message tells where and why, without secrets."""


class RunScript(Protocol):
    """Runs a script in the store; StoreAway when it does not answer."""

    async def __call__(
        self, script: str, keys: Sequence[str], argument: bytes
    ) -> object: ...
