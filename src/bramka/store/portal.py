"""What the developer portal is made of; its validation keys are encrypted."""

from bramka.domain.traffic.portal import (
    ContentItem,
    ContentType,
    PortalConfig,
    PortalRevision,
    PortalSetting,
)
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

PORTAL_REVISIONS = Collection(PortalRevision, "portal_revision", wire=QUIET)
PORTAL_SETTINGS = Collection(
    PortalSetting, "portal_setting", wire=QUIET, sealed=("validation_key",)
)
PORTAL_CONFIGS = Collection(
    PortalConfig, "portal_config", wire=QUIET, sealed=("delegation",)
)
CONTENT_TYPES = Collection(ContentType, "content_type", wire=QUIET)
CONTENT_ITEMS = Collection(
    ContentItem, "content_item", wire=QUIET, key=("type_id", "id")
)


def delete_type(transaction: Transaction, type_id: str) -> None:
    """Delete a kind of content with its items."""
    CONTENT_ITEMS.delete_all(transaction, CONTENT_ITEMS.column.type_id == type_id)
    CONTENT_TYPES.delete(transaction, type_id)
