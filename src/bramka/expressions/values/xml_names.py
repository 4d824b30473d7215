"""Names of XML: local part and namespace."""

from dataclasses import dataclass
from typing import Any

from bramka.expressions.failures import Thrown

XML = "http://www.w3.org/XML/1998/namespace"
XMLNS = "http://www.w3.org/2000/xmlns/"


@dataclass(frozen=True, slots=True)
class XNamespace:
    """A namespace, by its URI."""

    uri: str

    def __add__(self, local: str) -> "XName":
        return XName(local, self.uri)

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True, slots=True)
class XName:
    """A name in a namespace."""

    local: str
    uri: str = ""

    def __str__(self) -> str:
        return f"{{{self.uri}}}{self.local}" if self.uri else self.local


def name_of(text: Any) -> Any:
    """`"{uri}local"` as a name."""
    if isinstance(text, XName) or text is None:
        return text
    if text.startswith("{"):
        uri, _, local = text[1:].rpartition("}")
        return XName(local, uri)
    if not text or any(char in text for char in " <>&\"'/"):
        raise Thrown("XmlException", f"'{text[:60]}' is not a valid XML name.")
    return XName(text)


def namespace_of(text: Any) -> Any:
    return text if isinstance(text, XNamespace) or text is None else XNamespace(text)
