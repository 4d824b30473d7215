"""What the site is called and looks like: as the publisher wrote it, at once."""

from msgspec import structs

from bramka.domain.errors import Invalid
from bramka.domain.traffic.portal_content import (
    THEME,
    THEME_ITEM,
    Theme,
    read_theme,
)
from bramka.store import instance
from bramka.store.portal import CONTENT_ITEMS
from bramka.store.transaction import Transaction

USUAL_NAME = "Bramka"


def theme_of(transaction: Transaction) -> Theme:
    """The theme; its name is never missing."""
    found = CONTENT_ITEMS.find(transaction, THEME, THEME_ITEM)
    try:
        theme = Theme() if found is None else read_theme(found.noun.content)
    except Invalid:
        # Written past the REST, by a restore for instance: the site goes on without.
        theme = Theme()
    if theme.name is not None:
        return theme
    own = instance.find(transaction)
    name = USUAL_NAME if own is None else own.noun.publisher_name
    return structs.replace(theme, name=name)
