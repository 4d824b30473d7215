"""Links with names of their own: `products/{id}/apiLinks/{name}` and the like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bramka.domain.errors import Conflict
from bramka.management.call import Call, Properties
from bramka.management.resource import Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import product, tag
from bramka.store.api import APIS, PRODUCT_APIS
from bramka.store.collection import Record
from bramka.store.group import PRODUCT_GROUPS
from bramka.store.link_name import LINK_NAMES, LinkName, name_of
from bramka.store.operation import OPERATIONS
from bramka.store.transaction import Transaction

Change = Callable[[Transaction, str, str], bool]


@dataclass(frozen=True)
class Joint:
    """What is linked: who are members now, and how one joins and parts."""

    members: Callable[[Transaction, str], list[str]]
    """Short paths without the first slash: `apis/echo`."""
    join: Change
    part: Change


class NamedLinks(Resource[LinkName]):
    """Links to one kind of thing below a product or a tag."""

    verbs = "LGPD"
    tagged = False
    collection = LINK_NAMES
    shape = Shape(noun=LinkName, hidden=frozenset(("owner", "id", "target")))

    def __init__(self, above: str, segment: str, target: str, joint: Joint) -> None:
        """`target` is the property that names the other side: `apiId`."""
        super().__init__()
        self.above, self.segment = above, segment
        self.type = f"{above}/{segment}"
        self.target, self.joint = target, joint
        self.row_kinds = {"name": "text", target: "id"}

    def spelling(self, call: Call, ids: Ids) -> str:
        names, wanted = [one.noun.id for one in self._all(call, ids[0])], ids[1].lower()
        return next((name for name in names if name.lower() == wanted), ids[1])

    def find(self, call: Call, ids: Ids) -> Record[LinkName] | None:
        found = (one for one in self._all(call, ids[0]) if one.noun.id == ids[1])
        return next(found, None)

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        path = f"{call.base}/{self._owner(ids[0])}"
        return [
            {
                "id": f"{path}/{one.noun.id}",
                "type": f"Microsoft.ApiManagement/service/{self.type}",
                "name": one.noun.id,
                "properties": self.show(call, one.noun),
            }
            for one in self._all(call, ids[0])
        ]

    def show(self, call: Call, noun: LinkName) -> Properties:
        return {self.target: f"{call.base}/{noun.target}"}

    def accept(self, call: Call, sent: Sent[LinkName]) -> LinkName:
        path = sent.given.get(self.target)
        if not isinstance(path, str):
            raise wrong(self.target, f"'{self.target}' is required: a path")
        target = call.short(path).lstrip("/")
        if sent.old is not None and sent.old.target != target:
            raise Conflict(f"Link '{sent.ids[1]}' leads to {sent.old.target} already.")
        return LinkName(owner=self._owner(sent.ids[0]), id=sent.ids[1], target=target)

    def save(
        self, call: Call, noun: LinkName, sent: Sent[LinkName]
    ) -> Record[LinkName]:
        if sent.found is not None:
            return sent.found
        above = noun.owner.split("/")[1]
        joined = self.joint.join(call.transaction, above, noun.target)
        named = name_of(call.transaction, noun.owner, noun.target)
        if not joined and named is not None:
            raise Conflict(f"There is a link to {noun.target} already.", target="id")
        # Names outlive what they led to, when that was deleted.
        column = LINK_NAMES.column
        other = (column.id == noun.id) | (column.target == noun.target)
        LINK_NAMES.delete_all(call.transaction, column.owner == noun.owner, other)
        return LINK_NAMES.insert(call.transaction, noun)

    def remove(self, call: Call, record: Record[LinkName]) -> None:
        noun = record.noun
        self.joint.part(call.transaction, noun.owner.split("/")[1], noun.target)
        LINK_NAMES.delete(call.transaction, noun.owner, noun.id)

    def _owner(self, above: str) -> str:
        return f"{self.above}/{above}/{self.segment}"

    def _all(self, call: Call, above: str) -> list[Record[LinkName]]:
        """Every link; one that nobody named is called after what it leads to."""
        owner = self._owner(above)
        found = []
        for target in self.joint.members(call.transaction, above):
            name = name_of(call.transaction, owner, target) or target.replace("/", "-")
            noun = LinkName(owner=owner, id=name, target=target)
            found.append(Record(noun, 0, 0.0, 0.0))
        return found


def _last(target: str, segment: str) -> str:
    """The id in `{segment}/{id}`."""
    head, _, name = target.partition("/")
    if head != segment or not name:
        raise wrong(segment, f"'{target}' is not the path of one of the {segment}")
    return name


def _product_members(links: Any, segment: str) -> Callable[..., list[str]]:
    def members(transaction: Transaction, product_id: str) -> list[str]:
        found = links.members(transaction, [product_id]).get(product_id, ())
        return [f"{segment}/{one}" for one in found]

    return members


PRODUCT_API = Joint(
    _product_members(PRODUCT_APIS, "apis"),
    lambda t, one, target: product.add_api(t, one, _last(target, "apis")),
    lambda t, one, target: product.remove_api(t, one, _last(target, "apis")),
)
PRODUCT_GROUP = Joint(
    _product_members(PRODUCT_GROUPS, "groups"),
    lambda t, one, target: product.add_group(t, one, _last(target, "groups")),
    lambda t, one, target: product.remove_group(t, one, _last(target, "groups")),
)


def tag_joint(kind: str) -> Joint:
    """Links of a tag to one kind of thing: api, operation or product."""

    def members(transaction: Transaction, tag_id: str) -> list[str]:
        scopes = (
            one.noun.scope
            for one in tag.TAGGINGS.all(
                transaction, tag.TAGGINGS.column.tag_id == tag_id
            )
        )
        return [scope for scope in scopes if _kind(scope) == kind]

    def join(transaction: Transaction, tag_id: str, target: str) -> bool:
        if _kind(target) != kind:
            raise wrong(f"{kind}Id", f"'{target}' is not the path of one")
        _refuse_missing(transaction, target)
        return tag.attach(transaction, target, tag_id)

    def part(transaction: Transaction, tag_id: str, target: str) -> bool:
        return tag.detach(transaction, target, tag_id)

    return Joint(members, join, part)


def _kind(scope: str) -> str:
    parts = scope.split("/")
    if parts[0] == "apis" and len(parts) == 2:
        return "api"
    if parts[0] == "apis" and len(parts) == 4 and parts[2] == "operations":
        return "operation"
    return "product" if parts[0] == "products" and len(parts) == 2 else ""


def _refuse_missing(transaction: Transaction, scope: str) -> None:
    parts = scope.split("/")
    if parts[0] == "products":
        product.PRODUCTS.get(transaction, parts[1])
    elif len(parts) == 4:
        OPERATIONS.get(transaction, parts[1], parts[3])
    else:
        APIS.get(transaction, parts[1])
