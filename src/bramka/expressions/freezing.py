"""Values of expressions as bytes, and back: what a cache keeps of them.

Text, numbers, booleans, bytes, JSON, XML and responses come back as what they were;
anything else comes back as its text.
"""

from decimal import Decimal
from typing import Any

import msgspec

from bramka.domain.traffic.exchange import Headers, Response
from bramka.expressions.values import json_text, json_write, xml_text, xml_write
from bramka.expressions.values.json import JToken
from bramka.expressions.values.plain import BOXES, Array, Boxed
from bramka.expressions.values.text import text_of
from bramka.expressions.values.xml import XDocument, XNode

_AS_IT_IS = (type(None), bool, int, float, str, bytes)
_READ = msgspec.msgpack.Decoder(tuple[str, Any])


def freeze(value: object) -> bytes:
    """`value` as bytes that `thaw` understands, also in another process."""
    return msgspec.msgpack.encode(_tagged(value))


def _tagged(value: object) -> tuple[str, object]:
    if type(value) is int and not -(2**63) <= value < 2**64:
        return "int", str(value)
    if isinstance(value, Boxed):
        return "boxed", (value.kind, int(value))
    if type(value) in _AS_IT_IS:
        return "plain", value
    if isinstance(value, bytearray):
        return "bytes", bytes(value)
    if isinstance(value, Decimal):
        return "decimal", str(value)
    if isinstance(value, JToken):
        return "json", json_write.write(value, indented=False)
    if isinstance(value, XNode):
        kind = "document" if isinstance(value, XDocument) else "element"
        return kind, xml_write.write(value)
    if isinstance(value, Response):
        fields = value.headers.raw
        return "response", (value.status, value.reason, fields, value.body.content)
    if isinstance(value, Array):
        return "array", [_tagged(item) for item in value]
    return "plain", text_of(value)


def thaw(content: bytes) -> object:
    """What `freeze` was given; a new object each time."""
    return _untagged(*_READ.decode(content))


def _untagged(kind: str, kept: Any) -> object:
    if kind == "plain":
        return kept
    if kind == "boxed":
        return BOXES[kept[0]](kept[1])
    if kind == "array":
        return Array([_untagged(*item) for item in kept])
    if kind == "response":
        status, reason, fields, body = kept
        headers = Headers([(name, value) for name, value in fields])
        return Response(status, reason, headers, body)
    return _READERS[kind](kept)


_READERS: dict[str, Any] = {
    "int": int,
    "bytes": bytearray,
    "decimal": Decimal,
    "json": json_text.read,
    "document": xml_text.read,
    "element": xml_text.read_element,
}
