"""Issues, what is said about them, and what is attached to them."""

from bramka.domain.traffic.issue import Attachment, Comment, Issue
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

ISSUES = Collection(Issue, "issue", wire=QUIET, key=("api_id", "id"))
_KEY = ("api_id", "issue_id", "id")
COMMENTS = Collection(Comment, "comment", wire=QUIET, key=_KEY)
ATTACHMENTS = Collection(Attachment, "attachment", wire=QUIET, key=_KEY)


def delete(transaction: Transaction, api_id: str, issue_id: str) -> None:
    """Delete an issue with all that hangs on it."""
    for collection in (COMMENTS, ATTACHMENTS):
        column = collection.column
        collection.delete_all(
            transaction, column.api_id == api_id, column.issue_id == issue_id
        )
    ISSUES.delete(transaction, api_id, issue_id)
