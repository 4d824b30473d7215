"""A group: who sees which products."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SYSTEM_GROUPS = {
    "administrators": (
        "Administrators",
        "Administrators is a built-in group. Its membership is fixed.",
    ),
    "developers": (
        "Developers",
        "Developers is a built-in group. All signed-up users are its members.",
    ),
    "guests": (
        "Guests",
        "Guests is a built-in group. Visitors who are not signed in belong to it.",
    ),
}


class Group(Struct, frozen=True, rename="camel", kw_only=True):
    """One group; the three system groups cannot be changed or deleted."""

    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=300)]
    description: Annotated[str, Meta(max_length=1000)] | None = None
    type: Literal["custom", "system", "external"] = "custom"
    external_id: str | None = None

    @property
    def built_in(self) -> bool:
        return self.type == "system"
