"""Tags, what carries them, and what they mean in an API."""

from bramka.domain.traffic.tag import Tag, TagDescription, Tagging
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

TAGS = Collection(Tag, "tag", wire=QUIET)
TAGGINGS = Collection(Tagging, "tagging", wire=QUIET, key=("scope", "tag_id"))
TAG_DESCRIPTIONS = Collection(
    TagDescription, "tag_description", wire=QUIET, key=("api_id", "id")
)


def attach(transaction: Transaction, scope: str, tag_id: str) -> bool:
    """Tag something; False if it carried the tag. Missing if there is no such tag."""
    TAGS.get(transaction, tag_id)
    if TAGGINGS.find(transaction, scope, tag_id) is not None:
        return False
    TAGGINGS.insert(transaction, Tagging(scope=scope, tag_id=tag_id))
    return True


def detach(transaction: Transaction, scope: str, tag_id: str) -> bool:
    return TAGGINGS.delete(transaction, scope, tag_id)


def delete(transaction: Transaction, tag_id: str) -> None:
    """Delete the tag; nothing carries it any more."""
    TAGGINGS.delete_all(transaction, TAGGINGS.column.tag_id == tag_id)
    TAG_DESCRIPTIONS.delete_all(transaction, TAG_DESCRIPTIONS.column.id == tag_id)
    TAGS.delete(transaction, tag_id)


def untag(transaction: Transaction, scope: str) -> None:
    """Take all tags off something that goes, and off what stands below it."""
    column = TAGGINGS.column.scope
    below = column.startswith(f"{scope}/", autoescape=True)
    TAGGINGS.delete_all(transaction, (column == scope) | below)
