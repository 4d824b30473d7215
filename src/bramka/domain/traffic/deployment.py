"""The configuration in git: what a deployment changes, and when both were the same."""

from msgspec import Struct

from bramka.domain.errors import BramkaError


class Step(Struct, frozen=True):
    """One thing that a deployment makes, changes or deletes."""

    kind: str
    """As in the path: `products`."""
    action: str
    """Create, Update or Delete."""
    key: str
    """The path below the instance."""


class Synced(Struct, frozen=True, kw_only=True):
    """When git and the configuration were the same last."""

    branch: str
    commit: str
    is_export: bool
    """Whether it was saved, not deployed."""
    moment: float
    version: int
    """Of the configuration."""


class Deployment(Struct, frozen=True):
    """What deploying a branch comes to: what changes, or why it cannot be."""

    steps: tuple[Step, ...] = ()
    problem: BramkaError | None = None
    synced: Synced | None = None
    """When both were made the same, once that is done."""
