"""How a gateway does: what it serves, and which backends it lets calls through to."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

STATUS_SECONDS = 5.0
"""How often a gateway tells."""
SILENT_SECONDS = 20.0
"""After so long without a word it counts as away."""
FORGOTTEN_SECONDS = 3600.0
"""After so long it is no longer listed."""

Circuit = Literal["closed", "open", "trial"]


class GatewayStatus(Struct, frozen=True, rename="camel", kw_only=True):
    """What one gateway process tells of itself."""

    gateway: Annotated[str, Meta(min_length=1, max_length=80)]
    version: Annotated[int, Meta(ge=0)]
    """Of the configuration that it serves; 0 before the first one."""
    circuits: dict[str, Circuit] = {}
    """Backend → what its breaker does with calls; only backends with a breaker."""
    troubles: tuple[Annotated[str, Meta(max_length=300)], ...] = ()
    """What ails it, a line each."""
