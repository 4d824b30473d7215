"""JSON values as Newtonsoft has them: JObject, JArray, JProperty, JValue."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from bramka.expressions.failures import Thrown, argument_null, out_of_range
from bramka.expressions.meter import room_for_items, step
from bramka.expressions.values.dates import DateTime, DateTimeOffset, TimeSpan
from bramka.expressions.values.enums import JTokenType
from bramka.expressions.values.json_write import write
from bramka.expressions.values.text import text_of

_KINDS: list[tuple[type, str]] = [
    (bool, "Boolean"),
    (int, "Integer"),
    (float, "Float"),
    (Decimal, "Float"),
    (str, "String"),
    (DateTime, "Date"),
    (DateTimeOffset, "Date"),
    (TimeSpan, "TimeSpan"),
    (UUID, "Guid"),
    (bytes | bytearray, "Bytes"),  # type: ignore[list-item]  # isinstance takes both
]


class JToken:
    """Any JSON value; knows the one that holds it."""

    __slots__ = ("parent",)
    kind = "None_"

    def __init__(self) -> None:
        self.parent: JToken | None = None

    @property
    def type(self) -> object:
        return JTokenType[self.kind]

    def children(self) -> list["JToken"]:
        return []

    def __iter__(self) -> Iterator["JToken"]:
        return iter(self.children())

    def __str__(self) -> str:
        return write(self, indented=True)

    def owner(self) -> "JToken":
        """The token that holds this one, or InvalidOperationException."""
        if self.parent is None:
            raise Thrown("InvalidOperationException", "The parent is missing.")
        return self.parent

    def detach(self, child: "JToken") -> None:
        raise Thrown("InvalidOperationException", "This token holds nothing.")

    def swap(self, child: "JToken", other: "JToken") -> None:
        raise Thrown("InvalidOperationException", "This token holds nothing.")

    def clone(self) -> "JToken":
        raise NotImplementedError

    def path(self) -> str:
        """Where the token stands: `a.b[0]`."""
        parts: list[str] = []
        at: JToken = self
        while at.parent is not None:
            if isinstance(at, JProperty):
                parts.append(_step_text(at.name))
            elif isinstance(at.parent, JArray):
                parts.append(f"[{at.parent.place(at)}]")
            at = at.parent
        return "".join(reversed(parts)).lstrip(".")


def _step_text(name: str) -> str:
    plain = name.replace("_", "a").isalnum()
    return f".{name}" if plain else f"['{name}']"


class JValue(JToken):
    """A scalar, null included."""

    __slots__ = ("plain",)

    def __init__(self, plain: object) -> None:
        super().__init__()
        self.plain = plain

    @property
    def kind(self) -> str:  # type: ignore[override]  # depends on what it holds
        if self.plain is None:
            return "Null"
        return next((n for t, n in _KINDS if isinstance(self.plain, t)), "String")

    def __str__(self) -> str:
        return text_of(self.plain)

    def clone(self) -> "JValue":
        return JValue(self.plain)


class JProperty(JToken):
    """A name and a value inside an object."""

    __slots__ = ("name", "value")
    kind = "Property"

    def __init__(self, name: str, value: JToken) -> None:
        super().__init__()
        if name is None:
            raise argument_null("name")
        self.name = name
        self.value = held(value, self)

    def children(self) -> list[JToken]:
        return [self.value]

    def set(self, value: JToken) -> None:
        self.value.parent = None
        self.value = held(value, self)

    def swap(self, child: JToken, other: JToken) -> None:
        self.set(other)

    def detach(self, child: JToken) -> None:
        text = "Cannot add or remove items from Newtonsoft.Json.Linq.JProperty."
        raise Thrown("JsonException", text)

    def clone(self) -> "JProperty":
        return JProperty(self.name, self.value.clone())


class JObject(JToken):
    """Named values in order."""

    __slots__ = ("properties",)
    kind = "Object"

    def __init__(self) -> None:
        super().__init__()
        self.properties: dict[str, JProperty] = {}

    def children(self) -> list[JToken]:
        return list(self.properties.values())

    def get(self, name: str) -> JToken | None:
        if name is None:
            raise argument_null("key")
        found = self.properties.get(name)
        return None if found is None else found.value

    def set(self, name: str, value: JToken) -> None:
        if name is None:
            raise argument_null("key")
        found = self.properties.get(name)
        if found is not None:
            found.set(value)
            return
        self.put(JProperty(name, value))

    def put(self, added: JProperty) -> None:
        if added.name in self.properties:
            text = (
                "Can not add property "
                f"{added.name} to Newtonsoft.Json.Linq.JObject. "
                "Property with the same name already exists on object."
            )
            raise Thrown("ArgumentException", text)
        room_for_items(len(self.properties) + 1)
        self.properties[added.name] = cast(JProperty, held(added, self))

    def detach(self, child: JToken) -> None:
        if isinstance(child, JProperty) and self.properties.get(child.name) is child:
            del self.properties[child.name]
            child.parent = None

    def swap(self, child: JToken, other: JToken) -> None:
        if not isinstance(other, JProperty):
            text = "Can not add a value to Newtonsoft.Json.Linq.JObject."
            raise Thrown("ArgumentException", text)
        items = [other if item is child else item for item in self.children()]
        self.properties = {}
        for item in items:
            item.parent = None
            self.put(cast(JProperty, item))

    def clone(self) -> "JObject":
        made = JObject()
        for item in self.properties.values():
            step()
            made.put(item.clone())
        return made


class JArray(JToken):
    """Values in a row."""

    __slots__ = ("items",)
    kind = "Array"

    def __init__(self) -> None:
        super().__init__()
        self.items: list[JToken] = []

    def children(self) -> list[JToken]:
        return list(self.items)

    def place(self, child: JToken) -> int:
        return next((i for i, item in enumerate(self.items) if item is child), -1)

    def append(self, value: JToken) -> None:
        room_for_items(len(self.items) + 1)
        self.items.append(held(value, self))

    def insert(self, index: int, value: JToken) -> None:
        if not 0 <= index <= len(self.items):
            raise out_of_range("index")
        room_for_items(len(self.items) + 1)
        self.items.insert(index, held(value, self))

    def get(self, index: int) -> JToken:
        if not 0 <= index < len(self.items):
            raise out_of_range("index")
        return self.items[index]

    def set(self, index: int, value: JToken) -> None:
        self.get(index).parent = None
        self.items[index] = held(value, self)

    def detach(self, child: JToken) -> None:
        at = self.place(child)
        if at >= 0:
            del self.items[at]
            child.parent = None

    def swap(self, child: JToken, other: JToken) -> None:
        self.set(self.place(child), other)

    def clone(self) -> "JArray":
        made = JArray()
        for item in self.items:
            step()
            made.append(item.clone())
        return made


def held(value: JToken | None, holder: JToken) -> JToken:
    """`value` put under `holder`; a copy if something else holds it already."""
    token = JValue(None) if value is None else value
    if token.parent is not None:
        token = token.clone()
    at: JToken | None = holder
    while at is not None:
        if at is token:
            token = token.clone()
            break
        at = at.parent
    token.parent = holder
    return token


# --- from other values ----------------------------------------------------------


def plain_of(token: Any) -> Any:
    """A scalar token's value; other tokens as they are."""
    return token.plain if isinstance(token, JValue) else token
