"""Tags and what they mean in an API."""

from bramka.domain.traffic.tag import Tag, TagDescription
from bramka.management.call import Call, Properties
from bramka.management.resource import Identifier, Ids, Resource
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
    filtered = ("name",)

    def show(self, call: Call, noun: TagDescription) -> Properties:
        word = tag.TAGS.get(call.transaction, noun.id).noun
        return super().show(call, noun) | {
            "tagId": f"{call.base}/tags/{noun.id}",
            "displayName": word.display_name,
        }

    def accept(
        self,
        call: Call,
        ids: Ids,
        given: Properties,
        old: TagDescription | None,
        *,
        patch: bool,
    ) -> TagDescription:
        tag.TAGS.get(call.transaction, ids[-1])
        return super().accept(call, ids, given, old, patch=patch)
