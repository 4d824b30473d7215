"""Writing WADL from operations, and the WSDL that an API came from."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from bramka.domain.errors import Unsupported
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.operation import Operation, Parameter, Representation
from bramka.domain.traffic.schema import ApiSchema
from bramka.domain.traffic.soap_read import SOAP, WSDL, read_xml

WADL = "http://wadl.dev.java.net/2009/02"
_XSD = "http://www.w3.org/2001/XMLSchema"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


def write_wadl(api: Api, operations: Iterable[Operation], server: str) -> str:
    """The API as WADL; schemas of bodies have no place in it."""
    if api.type != "http":
        raise Unsupported(
            f"API '{api.id}' is of type {api.type}; WADL describes APIs of type http."
        )
    root = etree.Element(f"{{{WADL}}}application", nsmap={None: WADL, "xs": _XSD})
    _add(root, "doc", title=api.display_name)
    resources = _add(root, "resources", base=server)
    for one in operations:
        path, _, query = one.url_template.partition("?")
        resource = _add(resources, "resource", path=path or "/")
        for parameter in one.template_parameters:
            if f"{{{parameter.name}}}" in path:
                _parameter(resource, parameter, "template")
        method = _add(resource, "method", name=one.method, id=one.id)
        _add(method, "doc", title=one.display_name)
        _request(method, one, query)
        for answer in one.responses:
            told = _add(method, "response", status=str(answer.status_code))
            _bodies(told, answer.representations)
    return _text(root)


def _request(method: Any, one: Operation, query: str) -> None:
    request = _add(method, "request")
    for name, value in parse_qsl(query, keep_blank_values=True):
        # What a template says of the query is asked of every call.
        fixed = {} if value.startswith("{") else {"fixed": value}
        _add(request, "param", name=name, style="query", required="true", **fixed)
    if one.request is None:
        return
    for parameter in one.request.query_parameters:
        _parameter(request, parameter, "query")
    for parameter in one.request.headers:
        _parameter(request, parameter, "header")
    _bodies(request, one.request.representations)


def _parameter(above: Any, one: Parameter, style: str) -> None:
    told = {"name": one.name, "style": style, "type": f"xs:{one.type}"}
    if one.required:
        told["required"] = "true"
    if one.default_value is not None:
        told["default"] = one.default_value
    element = _add(above, "param", **told)
    for value in one.values:
        _add(element, "option", value=value)


def _bodies(above: Any, found: Sequence[Representation]) -> None:
    for one in found:
        _add(above, "representation", mediaType=one.content_type)


def write_wsdl(api: Api, schemas: Iterable[ApiSchema], server: str) -> str:
    """The WSDL that the API was imported from, with where it is reached now."""
    kept = (one.document.get("wsdl") for one in schemas)
    text = next((one for one in kept if isinstance(one, str)), None)
    if api.type != "soap" or text is None:
        raise Unsupported(
            f"API '{api.id}' was not imported from a WSDL, so there is none to export."
        )
    root = read_xml(text)
    for port in root.iter(f"{WSDL}port"):
        for mark in SOAP:
            for address in port.findall(f"{mark}address"):
                address.set("location", server)
    return _text(root)


def _add(above: Any, element: str, /, **attributes: str) -> Any:
    kept = {key: _UNFIT.sub("", value) for key, value in attributes.items()}
    return etree.SubElement(above, f"{{{WADL}}}{element}", kept)


def _text(root: Any) -> str:
    told: str = etree.tostring(root, pretty_print=True, encoding="unicode")
    return told
