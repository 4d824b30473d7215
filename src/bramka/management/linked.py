"""Formats that end in `-link`: the body names an address, we read what is there."""

import msgspec

from bramka.management.call import Fetch, Properties
from bramka.management.shape import wrong

_LINKS = {
    "openapi-link": "openapi",
    "openapi+json-link": "openapi+json",
    "swagger-link-json": "swagger-json",
    "wadl-link-json": "wadl-xml",
    "wsdl-link": "wsdl",
    "xml-link": "xml",
    "rawxml-link": "rawxml",
}
"""Format of a link → format of what it leads to."""


def follow_link(body: bytes, fetch: Fetch | None) -> bytes:
    """The body with the document itself, when it held only a link to it."""
    if b"-link" not in body:
        return body
    try:
        whole = msgspec.json.decode(body, type=Properties)
    except (msgspec.MsgspecError, RecursionError):
        return body  # refused where it is read
    properties = whole.get("properties")
    if not isinstance(properties, dict):
        return body
    form = _LINKS.get(str(properties.get("format")))
    if form is None:
        return body
    address = properties.get("value")
    if not isinstance(address, str) or fetch is None:
        raise wrong("value", "is not the address of a document that can be read")
    text = fetch(address).decode("utf-8-sig", errors="replace")
    changed = properties | {"format": form, "value": text}
    return msgspec.json.encode(whole | {"properties": changed})
