"""What Score Matchbox Recommender may be asked: what is told, of whom, how many."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Rated = Literal["From Rated Items (for model evaluation)", "From All Items"]
RatingUsers = Literal[
    "From Users That Rated Items (for model evaluation)", "From All Users"
]
KIND = "Recommender prediction kind"
RATED: Rated = "From Rated Items (for model evaluation)"
RATING_USERS: RatingUsers = "From Users That Rated Items (for model evaluation)"
ITEMS, USERS, RELATED = (
    "Recommended item selection",
    "Related user selection",
    "Related item selection",
)
BY_ITEM = {"shown_when": (KIND, ("Item Recommendation",))}
BY_USERS = {"shown_when": (KIND, ("Related Users",))}
BY_ITEMS = {"shown_when": (KIND, ("Related Items",))}
OF_RATED_ITEMS = {"shown_when": (ITEMS, (RATED,))}
OF_RATING_USERS = {"shown_when": (USERS, (RATING_USERS,))}
OF_RELATED_ITEMS = {"shown_when": (RELATED, (RATED,))}


class Settings(Struct, frozen=True, kw_only=True):
    """What is told, and of how many."""

    kind: Annotated[
        Literal[
            "Item Recommendation", "Rating Prediction", "Related Users", "Related Items"
        ],
        Meta(description="What is told."),
    ] = field(name=KIND, default="Item Recommendation")
    items: Annotated[
        Rated,
        Meta(description="Which items may be recommended.", extra=BY_ITEM),
    ] = field(name=ITEMS, default=RATED)
    most_items: Annotated[
        int, Meta(ge=1, le=1000, description="How many are told.", extra=BY_ITEM)
    ] = field(name="Maximum number of items to recommend to a user", default=5)
    least_pool: Annotated[
        int,
        Meta(
            ge=1,
            description="Users who rated fewer items are left out.",
            extra=OF_RATED_ITEMS,
        ),
    ] = field(
        name="Minimum size of the recommendation pool for a single user", default=2
    )
    users: Annotated[
        RatingUsers,
        Meta(description="Which users may be told.", extra=BY_USERS),
    ] = field(name=USERS, default=RATING_USERS)
    most_users: Annotated[
        int, Meta(ge=1, le=1000, description="How many are told.", extra=BY_USERS)
    ] = field(name="Maximum number of related users to find for a user", default=5)
    common_items: Annotated[
        int,
        Meta(
            ge=1,
            description="So many items both must have rated.",
            extra=OF_RATING_USERS,
        ),
    ] = field(
        name="Minimum number of items that the query user and the related user must "
        "have rated in common",
        default=2,
    )
    least_users: Annotated[
        int,
        Meta(
            ge=1,
            description="Users with fewer related ones are left out.",
            extra=OF_RATING_USERS,
        ),
    ] = field(name="Minimum size of the related user pool for a single user", default=2)
    related: Annotated[
        Rated,
        Meta(description="Which items may be told.", extra=BY_ITEMS),
    ] = field(name=RELATED, default=RATED)
    most_related: Annotated[
        int, Meta(ge=1, le=1000, description="How many are told.", extra=BY_ITEMS)
    ] = field(name="Maximum number of related items to find for an item", default=5)
    common_users: Annotated[
        int,
        Meta(
            ge=1,
            description="So many users must have rated both.",
            extra=OF_RELATED_ITEMS,
        ),
    ] = field(
        name="Minimum number of users that the query item and the related item must "
        "have been rated by in common",
        default=2,
    )
    least_items: Annotated[
        int,
        Meta(
            ge=1,
            description="Items with fewer related ones are left out.",
            extra=OF_RELATED_ITEMS,
        ),
    ] = field(name="Minimum size of the related item pool for a single item", default=2)
