"""Issues of an API, with their comments and attachments."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct, structs
from sqlalchemy import ColumnElement

from bramka.domain.traffic.issue import Attachment, Comment, Issue
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape
from bramka.store import issue, notice
from bramka.store.collection import Record
from bramka.store.user import USERS, of_user

NounT = TypeVar("NounT", bound=Struct)
SaidT = TypeVar("SaidT", bound=Issue | Comment)


class _Said(Resource[SaidT]):
    """What a user says at a time, and others hear of."""

    def check(self, call: Call, given: Properties) -> Properties:
        if "userId" in given:
            name = call.name_in(str(given["userId"]), "users")
            USERS.get(call.transaction, name)
            given["userId"] = name
        return given

    def accept(self, call: Call, sent: Sent[SaidT]) -> SaidT:
        noun = super().accept(call, sent)
        if noun.created_date is not None:
            return noun
        before = sent.old.created_date if sent.old is not None else None
        return structs.replace(noun, created_date=before or call.transaction.now)

    def save(self, call: Call, noun: SaidT, sent: Sent[SaidT]) -> Record[SaidT]:
        record = super().save(call, noun, sent)
        if sent.found is None:
            self.tell(call, noun)
        return record

    def tell(self, call: Call, noun: SaidT) -> None:
        """Let others hear of what is said for the first time."""
        raise NotImplementedError


class Issues(_Said[Issue]):
    """What developers report about the API above."""

    segment = "issues"
    type = "apis/issues"
    collection = issue.ISSUES
    identifier = Identifier(256)
    shape = Shape(
        noun=Issue,
        hidden=frozenset(("id",)),
        read_only=frozenset(("apiId",)),
        dates=frozenset(("createdDate",)),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "apiId": Field(column.api_id, "id"),
            "title": Field(column.title),
            "description": Field(column.description),
            "state": Field(column.state, "word"),
            "userId": Field(column.user_id, "id"),
            "authorName": Field(of_user(column.user_id, _AUTHOR)),
        }

    def show(self, call: Call, noun: Issue) -> Properties:
        shown = super().show(call, noun) | {
            "apiId": f"{call.base}/apis/{noun.api_id}",
            "userId": f"{call.base}/users/{noun.user_id}",
        }
        if call.flag("expandCommentsAttachments"):
            comments, attachments = Comments(), Attachments()
            ids = (noun.api_id, noun.id)
            shown["comments"] = comments.shown_below(call, ids)
            shown["attachments"] = attachments.shown_below(call, ids)
        return shown

    def tell(self, call: Call, noun: Issue) -> None:
        notice.issue_filed(call.transaction, call.site.addresses.console, noun)

    def remove(self, call: Call, record: Record[Issue]) -> None:
        issue.delete(call.transaction, record.noun.api_id, record.noun.id)


class AllIssues(Issues):
    """The issues of every API; read only."""

    type = "issues"
    verbs = "LG"

    def find(self, call: Call, ids: Ids) -> Record[Issue] | None:
        column = self.collection.column
        found = self.collection.all(call.transaction, column.id == ids[-1])
        return found[0] if found else None

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        del call, ids
        return ()


class _Below(Resource[NounT]):
    """What hangs on an issue."""

    identifier = Identifier(256)
    verbs = "LHGPD"

    def shown_below(self, call: Call, ids: Ids) -> list[Properties]:
        """All of an issue, as they are shown inside it."""
        found = self.collection.all(call.transaction, *self.within(call, ids))
        return [self.show(call, record.noun) for record in found]


class Comments(_Said[Comment], _Below[Comment]):
    """What is said about the issue above."""

    segment = "comments"
    type = "apis/issues/comments"
    collection = issue.COMMENTS
    shape = Shape(
        noun=Comment,
        hidden=frozenset(("id", "apiId", "issueId")),
        dates=frozenset(("createdDate",)),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {"name": Field(column.id), "userId": Field(column.user_id, "id")}

    def show(self, call: Call, noun: Comment) -> Properties:
        shown = super().show(call, noun)
        return shown | {"userId": f"{call.base}/users/{noun.user_id}"}

    def tell(self, call: Call, noun: Comment) -> None:
        notice.comment_added(call.transaction, call.site.addresses.console, noun)


class Attachments(_Below[Attachment]):
    """Files that belong to the issue above."""

    segment = "attachments"
    type = "apis/issues/attachments"
    collection = issue.ATTACHMENTS
    shape = Shape(noun=Attachment, hidden=frozenset(("id", "apiId", "issueId")))
    filtered = ("name",)


_AUTHOR = USERS.column.first_name + " " + USERS.column.last_name
