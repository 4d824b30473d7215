"""Tags and what they mean in an API."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from bramka.domain.traffic.tag import Tag, TagDescription
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape
from bramka.store import tag
from bramka.store.collection import Record


class Tags(Resource[Tag]):
    """Words under which things are found together."""

    segment = "tags"
    type = "tags"
    collection = tag.TAGS
    shape = Shape(noun=Tag, hidden=frozenset(("id",)))
    filtered = ("name", "displayName")

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        inside = list(super().within(call, ids))
        # `scope=apis/echo`: what is carried there or below.
        if scope := call.short(call.query.get("scope", "")).strip("/"):
            pairs = tag.TAGGINGS.column
            below = pairs.scope.startswith(f"{scope}/", autoescape=True)
            carried = select(pairs.tag_id).where(or_(pairs.scope == scope, below))
            inside.append(self.collection.column.id.in_(carried))
        return inside

    def remove(self, call: Call, record: Record[Tag]) -> None:
        tag.delete(call.transaction, record.noun.id)


class TagDescriptions(Resource[TagDescription]):
    """What a tag means in the API above; the id is the tag's."""

    segment = "tagDescriptions"
    type = "apis/tagDescriptions"
    collection = tag.TAG_DESCRIPTIONS
    identifier = Identifier(80)
    shape = Shape(
        noun=TagDescription,
        hidden=frozenset(("id", "apiId")),
        read_only=frozenset(("tagId", "displayName")),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column, words = self.collection.column, tag.TAGS.column
        word = select(words.display_name).where(words.id == column.id)
        return {
            "name": Field(column.id),
            "displayName": Field(word.scalar_subquery()),
        }

    def show(self, call: Call, noun: TagDescription) -> Properties:
        word = tag.TAGS.get(call.transaction, noun.id).noun
        return super().show(call, noun) | {
            "tagId": f"{call.base}/tags/{noun.id}",
            "displayName": word.display_name,
        }

    def accept(self, call: Call, sent: Sent[TagDescription]) -> TagDescription:
        tag.TAGS.get(call.transaction, sent.ids[-1])
        return super().accept(call, sent)
