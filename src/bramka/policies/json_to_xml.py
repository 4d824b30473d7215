"""Turn a JSON body into XML.

    <json-to-xml apply="content-type-json" consider-accept-header="false" />

One property at the top becomes the root element; several, or an array, stand inside
`<Document>`. An array becomes repeated elements, null becomes `xsi:nil`, and `@name`
an attribute, `#text` the text. Names that XML does not allow are escaped as
`_xHHHH_`. Dates are copied as they are written.
"""

import json
import re
from typing import Annotated, Any, NamedTuple

from lxml import etree
from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._conversions import conversion

SECTIONS = frozenset({Section.INBOUND, Section.OUTBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES
DEEPEST = 100
XSI = "http://www.w3.org/2001/XMLSchema-instance"
START = re.compile(r"[^A-Za-z_\u00c0-\ud7ff]")
INSIDE = re.compile(r"[^A-Za-z0-9_.\-\u00b7-\ud7ff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<json-to-xml>`."""

    apply: Annotated[
        Source, Meta(description="always, or content-type-json: only what says JSON.")
    ]
    consider_accept_header: Annotated[
        Source | None,
        Meta(description="Only for callers whose Accept names XML: true."),
    ] = None
    parse_date: Annotated[
        bool, Meta(description="Changes nothing: dates are copied.")
    ] = True
    namespace_separator: Annotated[
        Source | None,
        Meta(description="What stands between prefix and name in a property: _."),
    ] = None
    namespace_prefix: Annotated[
        Source | None,
        Meta(description="Properties that begin so declare namespaces, as xmlns does."),
    ] = None
    attribute_block_name: Annotated[
        Source | None, Meta(description="Property that holds attributes, as #attrs.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    def chosen(exchange: Exchange) -> Names:
        def text(source: Source | None, default: str) -> str:
            return default if source is None else source.text(exchange)

        return Names(
            text(settings.namespace_separator, "_"),
            text(settings.namespace_prefix, ""),
            text(settings.attribute_block_name, ""),
        )

    return conversion(
        site,
        apply=settings.apply,
        accept=settings.consider_accept_header,
        source="json",
        convert=_convert,
        chosen=chosen,
        sources=(
            settings.namespace_separator,
            settings.namespace_prefix,
            settings.attribute_block_name,
        ),
    )


class Names(NamedTuple):
    """How properties say what they are, for one call."""

    separator: str
    declares: str
    attributes: str


def _convert(content: bytes, charset: str, names: Names) -> bytes:
    try:
        value = json.loads(content.decode(charset, "replace"), parse_float=str)
    except (ValueError, RecursionError) as error:
        message = f"The body is not JSON: {error}"
        raise StepFailure("json-to-xml", "InvalidJson", message) from None
    return _Writer(names).document(value)


class _Writer:
    """Builds the elements of one document."""

    def __init__(self, names: Names) -> None:
        self._separator, self._declares, self._attributes = names

    def document(self, value: Any) -> bytes:
        roots = list(value.items()) if isinstance(value, dict) else []
        if len(roots) == 1 and not isinstance(roots[0][1], list):
            [(name, inner)] = roots
            if not self._is_special(name):
                return self._bytes(self._element(name, inner, {}, 0))
        return self._bytes(self._element("Document", value, {}, 0))

    @staticmethod
    def _bytes(root: etree._Element) -> bytes:
        return bytes(etree.tostring(root, encoding="utf-8"))

    def _is_special(self, name: str) -> bool:
        return (
            name.startswith(("@", "#"))
            or name == self._attributes != ""
            or (bool(self._declares) and name.startswith(self._declares))
        )

    def _element(
        self, name: str, value: Any, around: dict[str | None, str], depth: int
    ) -> etree._Element:
        if depth > DEEPEST:
            message = f"The body is nested deeper than {DEEPEST} levels."
            raise StepFailure("json-to-xml", "InvalidJson", message)
        own = self._declared(value) if isinstance(value, dict) else {}
        known = {**around, **own}
        nsmap = {**own, "xsi": XSI} if value is None else own
        made = etree.Element(self._tag(name, known), nsmap=nsmap)
        if value is None:
            made.set(f"{{{XSI}}}nil", "true")
        elif isinstance(value, dict):
            self._fill(made, value, known, depth)
        elif isinstance(value, list):
            for item in value:
                made.append(self._element("Item", item, known, depth + 1))
        else:
            made.text = _text(value)
        return made

    def _fill(
        self,
        made: etree._Element,
        value: dict[str, Any],
        known: dict[str | None, str],
        depth: int,
    ) -> None:
        for name, inner in value.items():
            if name == self._attributes != "" and isinstance(inner, dict):
                for key, item in inner.items():
                    made.set(self._tag(key, known, attribute=True), _text(item))
            elif name in ("#text", "#cdata-section"):
                made.text = (made.text or "") + _text(inner)
            elif self._namespace(name) is not None:
                continue
            elif name.startswith("@"):
                made.set(self._tag(name[1:], known, attribute=True), _text(inner))
            elif isinstance(inner, list) and inner:
                for item in inner:
                    made.append(self._element(name, item, known, depth + 1))
            else:
                made.append(
                    self._element(name, {} if inner == [] else inner, known, depth + 1)
                )

    def _declared(self, value: dict[str, Any]) -> dict[str | None, str]:
        """The namespaces that properties of this object declare."""
        found: dict[str | None, str] = {}
        for name, inner in value.items():
            prefix = self._namespace(name)
            if prefix is not None and isinstance(inner, str) and inner:
                found[prefix or None] = inner
        return found

    def _namespace(self, name: str) -> str | None:
        """The prefix that a property declares; "" for the default namespace."""
        for start in filter(None, ("@xmlns", self._declares)):
            if name == start:
                return ""
            for mark in (":", self._separator):
                if mark and name.startswith(start + mark):
                    return name[len(start) + len(mark) :]
        return None

    def _tag(
        self, name: str, known: dict[str | None, str], *, attribute: bool = False
    ) -> str:
        for mark in (":", self._separator):
            prefix, found, local = name.partition(mark) if mark else (name, "", "")
            if found and local and prefix in known:
                return f"{{{known[prefix]}}}{encoded(local)}"
        if None in known and not attribute:
            return f"{{{known[None]}}}{encoded(name)}"
        return encoded(name)


def encoded(name: str) -> str:
    """`name` as XML allows it: other characters become `_xHHHH_`."""

    def escape(found: re.Match[str]) -> str:
        return f"_x{ord(found[0]):04X}_"

    return START.sub(escape, name[:1]) + INSIDE.sub(escape, name[1:]) or "_x0000_"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return CONTROL.sub("\ufffd", str(value))
    return json.dumps(value, ensure_ascii=False)
