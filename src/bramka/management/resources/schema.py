"""Schemas of the instance, that policies check bodies with."""

import json
from typing import Any

from lxml import etree

from bramka.domain.traffic.schema import Schema
from bramka.management.call import Call, Properties
from bramka.management.resource import Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store.body_schema import SCHEMAS

LARGEST = 4 * 1024 * 1024


class Schemas(Resource[Schema]):
    """In JSON Schema (as `document`) or XML Schema (as `value`)."""

    segment = "schemas"
    type = "schemas"
    collection = SCHEMAS
    verbs = "LHGPD"
    shape = Shape(
        noun=Schema,
        hidden=frozenset(("id", "type", "text")),
        read_only=frozenset(("provisioningState",)),
        write_only=frozenset(("schemaType", "value", "document")),
    )
    filtered = ("name",)

    def show(self, call: Call, noun: Schema) -> Properties:
        del call
        shown: Properties = {"schemaType": noun.type, "description": noun.description}
        if noun.type == "json":
            return shown | {"document": json.loads(noun.text)}
        return shown | {"value": noun.text}

    def accept(self, call: Call, sent: Sent[Schema]) -> Schema:
        del call
        taken = self.shape.take(sent.given)
        kind = taken.get("schemaType")
        if kind not in ("json", "xml"):
            raise wrong("schemaType", f"'{kind}' is not json or xml")
        if sent.old is not None and sent.old.type != kind:
            raise wrong("schemaType", f"stays '{sent.old.type}' once it is set")
        content = taken.get("document", taken.get("value"))
        text = _json(content) if kind == "json" else _xml(content)
        if len(text) > LARGEST:
            raise wrong("value", f"is larger than {LARGEST} bytes")
        return Schema(
            id=sent.ids[-1],
            type="json" if kind == "json" else "xml",
            text=text,
            description=str(taken.get("description", "")),
        )


def _json(content: object) -> str:
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except ValueError as error:
            raise wrong("value", f"is not JSON: {error}") from None
    if not isinstance(content, dict | bool):
        raise wrong("document", "'document' is required: a JSON Schema")
    return json.dumps(content)


def _xml(content: Any) -> str:
    if not isinstance(content, str):
        raise wrong("value", "'value' is required: an XML Schema")
    # Neither entities nor the network: what a schema names elsewhere stays there.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise wrong("value", f"is not XML: {error}") from None
    if root.tag != "{http://www.w3.org/2001/XMLSchema}schema":
        raise wrong("value", f"is <{root.tag}>, not an XML Schema")
    return content
