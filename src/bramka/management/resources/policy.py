"""Policy documents at the four scopes; one is saved only if the gateway takes it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.policy_format import to_raw, to_xml
from bramka.management.call import Call, Properties
from bramka.management.resource import Identifier, Ids, Resource, Sent
from bramka.management.resources.restriction import refuse_unrestricted
from bramka.management.shape import Shape, wrong
from bramka.store import policy
from bramka.store.collection import Record
from bramka.store.configuration import read_surroundings

_FORMATS = ("xml", "rawxml")


class Policies(Resource[PolicyDocument]):
    """The document of one scope; its id is always `policy`."""

    segment = "policies"
    words = ("policy",)
    collection = policy.POLICIES
    identifier = Identifier(6, "^policy$")
    verbs = "LHGPD"
    shape = Shape(
        noun=PolicyDocument,
        hidden=frozenset(("scope", "text", "escaped")),
        write_only=frozenset(("value", "format")),
    )

    def __init__(self, *parents: str) -> None:
        """`parents` are the segments above: ("apis", "operations") for one's own."""
        super().__init__()
        self.parents = parents
        self.type = "/".join((*parents, "policies"))

    def key(self, ids: Ids) -> tuple[str, ...]:
        pairs = zip(self.parents, ids, strict=False)
        return ("/".join(f"{segment}/{one}" for segment, one in pairs),)

    def find(self, call: Call, ids: Ids) -> Record[PolicyDocument] | None:
        return super().find(call, ids) if ids[-1] == "policy" else None

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        del call
        return [self.collection.column.scope == self.key(ids)[0]]

    def name(self, noun: PolicyDocument) -> str:
        del noun
        return "policy"

    def show(self, call: Call, noun: PolicyDocument) -> Properties:
        return write_text(call, noun.text, escaped=noun.escaped)

    def accept(self, call: Call, sent: Sent[PolicyDocument]) -> PolicyDocument:
        text, escaped = read_text(self.shape.take(sent.given))
        document = PolicyDocument(
            scope=self.key(sent.ids)[0], text=text, escaped=escaped
        )
        refuse_unrestricted(call, document)
        call.site.compile_policy(document, read_surroundings(call.transaction))
        return document


def read_text(taken: Properties) -> tuple[str, bool]:
    """The text in a body, and whether its expressions are escaped."""
    form, text = taken.get("format", "xml"), taken.get("value")
    if form not in _FORMATS:
        raise wrong(
            "format",
            f"'{form}' is not available; send the document itself as xml or rawxml",
        )
    if not isinstance(text, str):
        raise wrong("value", "'value' is required: the text of the document")
    return text, form == "xml"


def write_text(call: Call, text: str, *, escaped: bool) -> Properties:
    """A text in the format that the caller asks for."""
    wanted = call.query.get("format", "xml")
    if wanted not in _FORMATS:
        raise wrong("format", f"'{wanted}' is not one of {', '.join(_FORMATS)}")
    if wanted == "rawxml":
        text = to_raw(text) if escaped else text
    else:
        text = text if escaped else to_xml(text)
    return {"format": wanted, "value": text}
