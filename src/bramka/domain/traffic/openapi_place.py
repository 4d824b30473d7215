"""Places in an OpenAPI document: reading them, and refusing with a pointer."""

from collections.abc import Iterator
from typing import Any, NoReturn

from bramka.domain.errors import Detail, Invalid

DEEPEST_REFERENCE = 20


class Place:
    """A value of the document and the JSON pointer to it."""

    def __init__(self, root: Any, value: Any, pointer: str = "#") -> None:
        self.root, self.value, self.pointer = root, value, pointer

    def refuse(self, message: str) -> NoReturn:
        """Invalid: what was found here cannot be taken."""
        raise Invalid(
            f"The document cannot be imported: at {self.pointer} {message}",
            target=self.pointer,
            details=(Detail("ValidationError", self.pointer, message),),
        )

    def has(self, name: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def at(self, name: str | int) -> "Place":
        """What stands under a name, which is there."""
        part = str(name).replace("~", "~0").replace("/", "~1")
        return Place(self.root, self.value[name], f"{self.pointer}/{part}")

    def mapping(self, name: str) -> "Iterator[tuple[str, Place]]":
        """The entries of the object under a name; nothing if there is none."""
        if not self.has(name):
            return
        inner = self.at(name)
        inner.need(dict, "an object")
        for key in inner.value:
            yield str(key), inner.at(key)

    def entries(self, name: str) -> "Iterator[Place]":
        """The entries of the list under a name; nothing if there is none."""
        if not self.has(name):
            return
        inner = self.at(name)
        inner.need(list, "a list")
        for number in range(len(inner.value)):
            yield inner.at(number)

    def text(self, name: str) -> str | None:
        """The text under a name; numbers are written out."""
        if not self.has(name):
            return None
        found = self.value[name]
        if isinstance(found, dict | list):
            self.at(name).refuse("stands something that is not a text")
        return str(found)

    def need(self, kind: type, called: str) -> None:
        if not isinstance(self.value, kind):
            self.refuse(f"stands {self._found()}, not {called}")

    def resolved(self) -> "Place":
        """What a `$ref` here leads to; itself when there is none."""
        place = self
        for _ in range(DEEPEST_REFERENCE):
            if not place.has("$ref"):
                return place
            place = place.follow()
        return self.refuse("stands a reference that never ends")

    def follow(self) -> "Place":
        """One step along a `$ref`."""
        reference = self.value["$ref"]
        if not isinstance(reference, str) or not reference.startswith("#/"):
            self.refuse(f"'{reference}' leads out of the document; put it inside")
        place = Place(self.root, self.root)
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if not place.has(name):
                self.refuse(f"'{reference}' leads nowhere")
            place = place.at(name)
        return place

    def _found(self) -> str:
        names = {
            dict: "an object",
            list: "a list",
            str: "a text",
            type(None): "nothing",
        }
        return names.get(type(self.value), "a number")
