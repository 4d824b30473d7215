"""Checking bodies against schemas: JSON Schema, XML Schema, and SOAP around it.

Schemas are compiled when the policy is. Patterns are matched in linear time; nothing
is fetched: a schema may only refer to itself.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import jsonschema_rs
import msgspec
from lxml import etree

from bramka.domain.traffic.schema import Schema

CheckBody = Callable[[bytes], str]
"""What is wrong with a body; nothing when it fits."""
MOST_TOLD = 3
"""Problems told of one body."""
LARGE = 64 * 1024
"""Of a larger body only the first problem is told: finding all may take seconds."""
MOST_MADE = 200
WHOLE = "urn:schema"
ENVELOPES = (
    "{http://schemas.xmlsoap.org/soap/envelope/}",
    "{http://www.w3.org/2003/05/soap-envelope}",
)


class Wanted(NamedTuple):
    """What a check is made from; ValueError when the schema is none."""

    kind: str
    """json, xml or soap."""
    schema: Schema | None
    pointer: str = ""
    additional: bool | None = None
    ignores_case: bool = False


class Check:
    """A check that can be sent to another process: there it is made anew, once."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        if wanted.kind == "json":
            self._check = json_check(
                wanted.schema,
                wanted.pointer,
                additional=wanted.additional,
                ignores_case=wanted.ignores_case,
            )
        else:
            self._check = xml_check(wanted.schema, soap=wanted.kind == "soap")

    def __call__(self, body: bytes) -> str:
        return self._check(body)

    def __reduce__(self) -> tuple[Callable[[Wanted], "Check"], tuple[Wanted]]:
        return _check_of, (self._wanted,)

    def __repr__(self) -> str:
        return f"<Check: {self._wanted.kind}>"


@lru_cache(MOST_MADE)
def _check_of(wanted: Wanted) -> Check:
    return Check(wanted)


def json_check(
    schema: Schema | None,
    pointer: str = "",
    *,
    additional: bool | None = None,
    ignores_case: bool = False,
) -> CheckBody:
    """Checks JSON, by a schema if there is one; ValueError when that is none."""
    validator = None
    if schema is not None:
        validator = _validator(schema, pointer, additional, ignores_case=ignores_case)

    def check(body: bytes) -> str:
        try:
            found = msgspec.json.decode(body)
        except (ValueError, RecursionError) as error:
            return f"the body is not JSON: {error}"
        if validator is None:
            return ""
        most = MOST_TOLD if len(body) <= LARGE else 1
        return _problems(validator, _lower(found) if ignores_case else found, most)

    return check


def _validator(
    schema: Schema, pointer: str, additional: bool | None, *, ignores_case: bool
) -> jsonschema_rs.Validator:
    whole = json.loads(schema.text)
    if additional is not None:
        _set_additional(whole, allowed=additional)
    if ignores_case:
        _lower_properties(whole)
    try:
        registry = jsonschema_rs.Registry([(WHOLE, whole)])
        return jsonschema_rs.validator_for(
            {"$ref": WHOLE + pointer},
            registry=registry,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise ValueError(str(error).splitlines()[0]) from error


def _problems(validator: jsonschema_rs.Validator, found: object, most: int) -> str:
    if most > 1:
        # All of them are found before the first is given.
        return "; ".join(map(_problem, islice(validator.iter_errors(found), most)))
    try:
        validator.validate(found)
    except jsonschema_rs.ValidationError as error:
        return _problem(error)
    return ""


def _problem(error: jsonschema_rs.ValidationError) -> str:
    where = "/".join(str(part) for part in error.instance_path)
    return f"at '/{where}': {error.message[:200]}"


def _set_additional(schema: Any, *, allowed: bool) -> None:
    """Say of every object in a schema whether it may hold more than is described."""
    if isinstance(schema, list):
        for one in schema:
            _set_additional(one, allowed=allowed)
    elif isinstance(schema, dict):
        for one in schema.values():
            _set_additional(one, allowed=allowed)
        if isinstance(schema.get("properties"), dict):
            schema["additionalProperties"] = allowed


def _lower_properties(schema: Any) -> None:
    """Write the names of properties in lower case, where a schema names them."""
    if isinstance(schema, list):
        for one in schema:
            _lower_properties(one)
    elif isinstance(schema, dict):
        for one in schema.values():
            _lower_properties(one)
        if isinstance(schema.get("properties"), dict):
            named = schema["properties"].items()
            schema["properties"] = {name.lower(): one for name, one in named}
        if isinstance(schema.get("required"), list):
            schema["required"] = [str(name).lower() for name in schema["required"]]


def _lower(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower(one) for one in value]
    if isinstance(value, dict):
        return {name.lower(): _lower(one) for name, one in value.items()}
    return value


# --- XML ----------------------------------------------------------------------------


def xml_check(schema: Schema | None, *, soap: bool = False) -> CheckBody:
    """Checks XML, by a schema if there is one; ValueError when that is none."""
    made = None if schema is None else _xml_schema(schema.text)

    def check(body: bytes) -> str:
        try:
            root = _parsed(body)
        except ValueError as error:
            return f"the body is not XML: {error}"
        parts = [root]
        if soap:
            found = _soap_parts(root)
            if found is None:
                return "the body is not a SOAP envelope with a body"
            parts = found
        if made is None:
            return ""
        problems = [problem for one in parts for problem in _xml_problems(made, one)]
        return "; ".join(problems[:MOST_TOLD])

    return check


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )


def _parsed(content: bytes) -> etree._Element:
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)[:200]) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("it has a document type, which is not read here")
    return root


def _xml_schema(text: str) -> etree.XMLSchema:
    root = _parsed(text.encode())
    outside = [
        one
        for kind in ("import", "include", "redefine")
        for one in root.iter(f"{{http://www.w3.org/2001/XMLSchema}}{kind}")
        if one.get("schemaLocation") is not None
    ]
    if outside:
        raise ValueError("it refers to another file, and nothing is fetched")
    try:
        return etree.XMLSchema(root)
    except etree.XMLSchemaParseError as error:
        raise ValueError(str(error)[:200]) from None


def _soap_parts(root: etree._Element) -> list[etree._Element] | None:
    """What stands in the body of an envelope."""
    for namespace in ENVELOPES:
        if root.tag == f"{namespace}Envelope":
            body = root.find(f"{namespace}Body")
            return None if body is None else [one for one in body if one.tag]
    return None


def _xml_problems(schema: etree.XMLSchema, part: etree._Element) -> list[str]:
    if schema.validate(part):
        return []
    return [
        f"on line {one.line}: {one.message[:200]}"
        for one in list(schema.error_log)[:MOST_TOLD]
    ]
