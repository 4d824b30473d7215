"""Pages of documentation, and wikis of APIs and products."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, literal

from bramka.domain.traffic.documentation import Documentation, Wiki
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Identifier, Ids, Resource
from bramka.management.shape import Shape, wrong
from bramka.store import documentation
from bramka.store.collection import Record


class Documentations(Resource[Documentation]):
    """Pages in Markdown."""

    segment = "documentations"
    type = "documentations"
    collection = documentation.DOCUMENTATIONS
    identifier = Identifier(256)
    shape = Shape(noun=Documentation, hidden=frozenset(("id",)))
    filtered = ("name", "title")

    def remove(self, call: Call, record: Record[Documentation]) -> None:
        documentation.delete(call.transaction, record.noun.id)


class Wikis(Resource[Wiki]):
    """The pages of the API or product above, in order; its id is `default`."""

    segment = "wikis"
    words = ("default",)
    collection = documentation.WIKIS
    identifier = Identifier(7, "^default$")
    shape = Shape(noun=Wiki, hidden=frozenset(("scope",)))

    def __init__(self, owner: str) -> None:
        """`owner` is the segment above: "apis" or "products"."""
        super().__init__()
        self.owner, self.type = owner, f"{owner}/wikis"

    @property
    def filters(self) -> dict[str, Field]:
        return {"name": Field(literal("default"))}

    def key(self, ids: Ids) -> tuple[str, ...]:
        return (f"{self.owner}/{ids[0]}",)

    def find(self, call: Call, ids: Ids) -> Record[Wiki] | None:
        return super().find(call, ids) if ids[-1] == "default" else None

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        del call
        return [self.collection.column.scope == self.key(ids)[0]]

    def name(self, noun: Wiki) -> str:
        del noun
        return "default"

    def show(self, call: Call, noun: Wiki) -> Properties:
        pages = [one.documentation_id for one in noun.documents]
        return {
            "documents": [
                {"documentationId": f"{call.base}/documentations/{one}"}
                for one in pages
            ]
        }

    def check(self, call: Call, given: Properties) -> Properties:
        pages = given.get("documents")
        if isinstance(pages, list):
            given["documents"] = [_page(call, one) for one in pages]
        return given


def _page(call: Call, page: object) -> Properties:
    path = page.get("documentationId") if isinstance(page, dict) else None
    if not isinstance(path, str):
        raise wrong("documents", "each entry is an object with a documentationId")
    name = call.name_in(path, "documentations")
    documentation.DOCUMENTATIONS.get(call.transaction, name)
    return {"documentationId": name}
