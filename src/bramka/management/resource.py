"""What a resource of the management REST is: one subclass per file says the rest."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement

from bramka.domain.errors import Invalid
from bramka.management.call import Call, Properties
from bramka.management.filter import Field, Kind
from bramka.management.shape import Shape, build, merge
from bramka.store.collection import Collection, Page, Record

NounT = TypeVar("NounT", bound=Struct)
Ids: TypeAlias = tuple[str, ...]
"""The ids in a path, from the outermost resource on."""


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Action:
    """Something done by POST; `answer` gives the body, or None for 204.

    One that only tells something may be a GET.
    """

    answer: Callable[[Call, Ids], object | None]
    writes: bool = True
    method: str = "POST"


@dataclass(frozen=True)
class Identifier:
    """What an id may look like."""

    longest: int = 80
    pattern: str = r"^[^*#&+:<>?/]+$"

    def check(self, text: str, segment: str) -> None:
        fits = 1 <= len(text) <= self.longest and re.match(self.pattern, text)
        # Clients and folders take dots for a way up; some databases keep no U+0000.
        if not fits or text in (".", "..") or _CONTROL.search(text):
            raise Invalid(
                f"'{text[:100]}' cannot be an id under /{segment}: 1 to "
                f"{self.longest} characters that match {self.pattern}",
                target=segment,
            )


@dataclass(frozen=True)
class Sent(Generic[NounT]):
    """What a PUT or a PATCH holds, and what stands there before it."""

    ids: Ids
    given: Properties
    found: Record[NounT] | None
    patch: bool = False

    @property
    def old(self) -> NounT | None:
        """The noun as it is before."""
        return self.found.noun if self.found is not None else None


class Resource(Generic[NounT]):
    """One kind of thing: where it stands, what it shows, takes and allows."""

    segment: str
    """Its place in the path: `products`."""
    type: str
    """Its ARM type below `Microsoft.ApiManagement/service/`."""
    collection: Collection[NounT]
    shape: Shape
    identifier: Identifier = Identifier()
    verbs: str = "LHGPUD"
    """List, Head, Get, Put, Update (PATCH), Delete."""
    tagged: bool = True
    """Whether it has an ETag, and PATCH and DELETE ask for If-Match."""
    deleted: int = 200
    """Answer to a DELETE that deleted; where the SDK polls, it wants 204."""
    guarded: bool = True
    """Whether DELETE asks for If-Match, as PATCH does, when there is an ETag."""
    filtered: tuple[str, ...] = ()
    """Plain texts for $filter and $orderby, as on the wire; `name` is the id."""
    row_kinds: Mapping[str, Kind] = {}
    """Fields for $filter of a list that is made."""
    patched: int = 200
    """Answer to a PATCH; 204 comes without a body."""
    bodiless: bool = False
    """Whether a PUT carries nothing: the path says it all."""
    words: tuple[str, ...] = ()
    """Ids that are always the same ones."""
    owner_only: bool = False
    """Whether only an owner's token changes it."""
    unlogged: frozenset[str] = frozenset()
    """Properties that readers see and the audit log does not keep."""

    def __init__(self, *children: "AnyResource") -> None:
        self.children = children

    def __repr__(self) -> str:
        return f"<Resource: {self.type or self.segment}>"

    @property
    def actions(self) -> Mapping[str, Action]:
        """What POST does below one of them."""
        return {}

    @property
    def filters(self) -> Mapping[str, Field]:
        """Fields for $filter and $orderby."""
        fields = {
            f.encode_name: f.name for f in msgspec.structs.fields(self.shape.noun)
        }
        fields["name"] = self.collection.key[-1]
        return {
            name: Field(self.collection.column[fields[name]]) for name in self.filtered
        }

    # --- finding ------------------------------------------------------------------

    def key(self, ids: Ids) -> tuple[str, ...]:
        """The key in the collection for the ids in a path."""
        return ids

    def spelling(self, call: Call, ids: Ids) -> str:
        """The last of the ids as it is kept; the case of letters is no matter."""
        given, collection = ids[-1], getattr(self, "collection", None)
        wanted = given.lower()
        for word in self.words:
            if word.lower() == wanted:
                return word
        if collection is None or self.key(ids)[-1] != given:
            return given
        key = self.key(ids)[-len(collection.key) :]
        if len(key) < len(collection.key):
            return given
        return str(collection.spelling(call.transaction, *key))

    def find(self, call: Call, ids: Ids) -> Record[NounT] | None:
        return self.collection.find(call.transaction, *self.key(ids))

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        """What restricts a list to the things below the parents `ids`."""
        del call
        columns = self.collection.column
        pairs = zip(self.collection.key, ids, strict=False)
        return [columns[field] == value for field, value in pairs]

    def page(
        self,
        call: Call,
        ids: Ids,
        where: Sequence[ColumnElement[bool]],
        order: Sequence[ColumnElement[Any]],
        span: tuple[int, int],
    ) -> Page[NounT]:
        """One page of a list; `span` is how many to skip and to take."""
        restricted = (*self.within(call, ids), *where)
        skip, top = span
        return self.collection.page(
            call.transaction, *restricted, order=order, skip=skip, top=top
        )

    # --- showing ------------------------------------------------------------------

    def show(self, call: Call, noun: NounT) -> Properties:
        """The `properties` of the answer."""
        del call
        return self.shape.show(noun)

    def around(self, call: Call, noun: NounT) -> Properties:
        """What stands beside the `properties` of the answer."""
        del call, noun
        return {}

    def name(self, noun: NounT) -> str:
        """The last id in the path of `noun`."""
        return self.collection.key_of(noun)[-1]

    def reading(self, call: Call, ids: Ids) -> object | None:
        """An answer to GET that is made, not found; None: an entity is found."""
        del call, ids
        return None

    def changing(self, call: Call, ids: Ids) -> object | None:
        """An answer to PATCH of what is no entity; None: an entity is changed."""
        del call, ids
        return None

    def listing(self, call: Call, ids: Ids) -> Sequence[object] | None:
        """All of a list that is made, not found; None: the collection is listed."""
        del call, ids
        return None

    def row_values(self, row: Any) -> Mapping[str, object]:
        """What of a row of a made list `$filter` may ask for."""
        return {"name": row.get("name"), **row.get("properties", {})}

    # --- changing -----------------------------------------------------------------

    def given(self, call: Call) -> Properties:
        """The properties that the caller sent."""
        return call.properties()

    def check(self, call: Call, given: Properties) -> Properties:
        """Properties as the noun has them, from properties as callers write them."""
        del call
        return given

    def accept(self, call: Call, sent: Sent[NounT]) -> NounT:
        """The noun after a PUT or a PATCH, not saved yet."""
        taken = self.check(call, self.shape.take(sent.given))
        fields = self.kept(sent.old) | self.identity(sent.ids)
        for name in self.shape.write_only:
            taken.pop(name, None)
        if sent.patch and sent.old is not None:
            given = sent.given.items()
            cleared = {name: None for name, value in given if value is None}
            writable = self.shape.noun_properties(sent.old)
            fields |= merge(writable, taken | cleared)
        else:
            fields |= taken
        return build(self.collection.noun, fields)

    def identity(self, ids: Ids) -> Properties:
        """The fields that come from the path."""
        return dict(zip(self._key_names(), self.key(ids), strict=True))

    def kept(self, old: NounT | None) -> Properties:
        """What nobody can set over the REST, as it was before."""
        if old is None:
            return {}
        whole: Properties = msgspec.to_builtins(old)
        kept = self.shape.hidden | self.shape.read_only | self.shape.secret
        return {name: whole[name] for name in whole if name in kept}

    def save(self, call: Call, noun: NounT, sent: Sent[NounT]) -> Record[NounT]:
        """Write `noun`; what the caller sent is there for write-only properties."""
        if sent.found is None:
            return self.collection.insert(call.transaction, noun)
        return self.collection.replace(call.transaction, noun)

    def remove(self, call: Call, record: Record[NounT]) -> None:
        """Delete what was found."""
        key = self.collection.key_of(record.noun)
        self.collection.delete(call.transaction, *key)

    def _key_names(self) -> list[str]:
        names = {f.name: f.encode_name for f in msgspec.structs.fields(self.shape.noun)}
        return [names[field] for field in self.collection.key]


AnyResource: TypeAlias = Resource[Any]
