"""Work on large bodies, done where no other call has to wait for it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Apart(Protocol):
    """Does work apart from the calls; a StepFailure of it is raised here."""

    async def __call__(self, work: Callable[..., T], *given: object) -> T:
        """What `work`, a function of a module, makes of what is given: bytes, text.

        StepFailure too when it takes too long, or too much is waiting already.
        """
