"""Pages of documentation, and the wikis that show them."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.documentation import Documentation, Wiki
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

DOCUMENTATIONS = Collection(Documentation, "documentation", wire=QUIET)
WIKIS = Collection(Wiki, "wiki", wire=QUIET, key=("scope",))


def delete(transaction: Transaction, page_id: str) -> None:
    """Delete a page; Conflict while a wiki shows it."""
    for record in WIKIS.all(transaction):
        if any(one.documentation_id == page_id for one in record.noun.documents):
            raise Conflict(
                f"Documentation '{page_id}' is shown by the wiki of "
                f"{record.noun.scope}; take it out of there first.",
                target="documentationId",
            )
    DOCUMENTATIONS.delete(transaction, page_id)
