"""Turn an XML body into JSON.

    <xml-to-json kind="direct" apply="always" consider-accept-header="false" />

`direct` keeps the document as it is: attributes as `@name`, the XML declaration as
`?xml`, prefixes as `soap:Body`. `javascript-friendly` gives names that need no quotes:
attributes by their plain name unless an element has it too, `soap$Body`, and no
declaration. Text beside attributes or elements is `#text`; an empty element is null.
Elements of the same name become an array.
"""

import json
from typing import Annotated, Any

from lxml import etree
from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._conversions import conversion
from bramka.policies._refusals import Choice, flag_source
from bramka.policies._xml import (
    DEEPEST,
    NIL,
    Scope,
    XmlProblem,
    attributes_of,
    declarations,
    read_xml,
)

SECTIONS = frozenset({Section.INBOUND, Section.OUTBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<xml-to-json>`."""

    kind: Annotated[Source, Meta(description="javascript-friendly or direct.")]
    apply: Annotated[
        Source, Meta(description="always, or content-type-xml: only what says XML.")
    ]
    consider_accept_header: Annotated[
        Source | None,
        Meta(description="Only for callers whose Accept names JSON: true."),
    ] = None
    always_array_child_elements: Annotated[
        Source | None,
        Meta(description="Make an array of single child elements as well: false."),
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    kind = Choice(site, "kind", settings.kind, ("javascript-friendly", "direct"))
    given = settings.always_array_child_elements or Source.of("false")
    arrays = flag_source(site, "always-array-child-elements", given)

    def chosen(exchange: Exchange) -> tuple[bool, bool]:
        return kind.of(exchange) != "direct", arrays.flag(exchange)

    return conversion(
        site,
        apply=settings.apply,
        accept=settings.consider_accept_header,
        source="xml",
        convert=_convert,
        chosen=chosen,
        sources=(settings.kind, settings.always_array_child_elements),
    )


def _convert(content: bytes, _charset: str, chosen: tuple[bool, bool]) -> bytes:
    reader = _Reader(friendly=chosen[0], arrays=chosen[1])
    try:
        value = reader.document(content)
    except XmlProblem as error:
        message = f"The body is not XML: {error}"
        raise StepFailure("xml-to-json", "InvalidXml", message) from None
    return json.dumps(value, ensure_ascii=False).encode()


class _Reader:
    """Takes one document apart."""

    def __init__(self, *, friendly: bool, arrays: bool) -> None:
        self._declared: dict[etree._Element, Scope] = {}
        self._friendly = friendly
        self._arrays = arrays

    def document(self, content: bytes) -> dict[str, Any]:
        root = read_xml(content)
        self._declared = declarations(root) if b"xmlns" in content else {}
        found: dict[str, Any] = {}
        if not self._friendly and content.lstrip().startswith(b"<?xml"):
            known = root.getroottree().docinfo
            found["?xml"] = {"@version": known.xml_version}
            if b"encoding" in content[: content.index(b"?>")]:
                found["?xml"]["@encoding"] = known.encoding
        found[self._name(root.prefix, root.tag)] = self._value(root, 0, {})
        return found

    def _value(self, element: etree._Element, depth: int, above: Scope) -> Any:
        if depth > DEEPEST:
            raise XmlProblem(f"it is nested deeper than {DEEPEST} elements")
        own = self._declared.get(element)
        scope = above
        if own:
            kept = {one: uri for one, uri in above.items() if one not in own}
            scope = {**kept, **own}
        attributes = self._attributes(element, above, scope)
        groups: dict[str, list[Any]] = {}
        texts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                inner = self._value(child, depth + 1, scope)
                name = self._name(child.prefix, child.tag)
                groups.setdefault(name, []).append(inner)
            texts.append(child.tail or "")
        if element.get(NIL) in ("true", "1") and not groups:
            return None
        text = "".join(texts)
        text = text if text.strip() or not (groups or attributes) else ""
        if not groups and not attributes:
            return text or None
        found: dict[str, Any] = {}
        for name, value in attributes.items():
            plain = self._friendly and name not in groups
            found[name if plain else f"@{name}"] = value
        if text:
            found["#text"] = text
        for name, values in groups.items():
            found[name] = values if len(values) > 1 or self._arrays else values[0]
        return found

    def _attributes(
        self, element: etree._Element, above: Scope, scope: Scope
    ) -> dict[str, str]:
        mark = "$" if self._friendly else ":"
        found = {
            f"xmlns{mark}{prefix}" if prefix else "xmlns": uri
            for prefix, uri in self._declared.get(element, {}).items()
            if above.get(prefix) != uri
        }
        for tag, value in attributes_of(element):
            space = etree.QName(tag).namespace
            prefix = "" if space is None else _prefix_of(space, scope)
            found[self._name(prefix, tag)] = value
        return found

    def _name(self, prefix: str | None, tag: str) -> str:
        """The name with the prefix that the document gives it."""
        local = str(etree.QName(tag).localname)
        mark = "$" if self._friendly else ":"
        return f"{prefix}{mark}{local}" if prefix else local


def _prefix_of(space: str, scope: Scope) -> str:
    """The prefix of an attribute, nearest first; the default is for elements only."""
    known = reversed(scope.items())
    return next((prefix for prefix, uri in known if prefix and uri == space), "xml")
