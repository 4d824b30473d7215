"""Reading WADL and WSDL: each resource or SOAP action becomes an operation."""

import re
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from bramka.domain.errors import Invalid
from bramka.domain.traffic.imported import ImportedApi, Namer
from bramka.domain.traffic.operation import (
    Operation,
    Parameter,
    Representation,
    RequestContract,
    ResponseContract,
)

XSD_TYPE = "application/vnd.ms-azure-apim.xsd+xml"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = {
    "{http://schemas.xmlsoap.org/wsdl/soap/}": "text/xml",
    "{http://schemas.xmlsoap.org/wsdl/soap12/}": "application/soap+xml",
}


def read_xml(text: str) -> Any:
    """The root of a document; no entities, no files, no network."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(f"it is not XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise _refusal("it has a document type; leave that out")
    return root


def read_wadl(text: str, api_id: str) -> ImportedApi:
    """The API in a WADL document."""
    root = read_xml(text)
    if _name(root) != "application":
        raise _refusal(f"line {root.sourceline}: <{_name(root)}> is not <application>")
    namer, found, base = Namer(), [], ""
    for resources in _children(root, "resources"):
        base = base or resources.get("base", "")
        for one in _children(resources, "resource"):
            found += _wadl_operations(one, "", (), api_id, namer)
    return ImportedApi(
        title=_doc(root) or "API",
        service_url=base.rstrip("/") or None,
        protocols=_protocols(base),
        extra={},
        operations=tuple(found),
        schemas={},
    )


def _wadl_operations(
    resource: Any, above: str, outer: tuple[Any, ...], api_id: str, namer: Namer
) -> list[Operation]:
    path = f"{above.rstrip('/')}/{resource.get('path', '').strip('/')}"
    params = (*outer, *_children(resource, "param"))
    found = []
    for method in _children(resource, "method"):
        verb = method.get("name", "GET").upper()
        name = namer.operation_id(method.get("id") or f"{verb}-{path}")
        found.append(_wadl_operation(method, verb, name, path, params, api_id))
    for inner in _children(resource, "resource"):
        found += _wadl_operations(inner, path, params, api_id, namer)
    return found


def _wadl_operation(
    method: Any, verb: str, name: str, path: str, params: tuple[Any, ...], api_id: str
) -> Operation:
    requests = _children(method, "request")
    asked = [*params, *(p for one in requests for p in _children(one, "param"))]
    known = {one.get("name"): one for one in asked if one.get("style") == "template"}
    used = dict.fromkeys(re.findall(r"\{([^{}]+)\}", path))
    bodies = tuple(_body(one) for each in requests for one in _bodies(each))
    return Operation(
        id=name,
        api_id=api_id,
        display_name=(_doc(method) or method.get("id") or f"{verb} {path}")[:300],
        method=verb,
        url_template=path,
        template_parameters=tuple(
            _parameter(known[one])
            if one in known
            else Parameter(name=one, type="string", required=True)
            for one in used
        ),
        request=RequestContract(
            query_parameters=_styled(asked, "query"),
            headers=_styled(asked, "header"),
            representations=bodies if verb not in ("GET", "HEAD") else (),
        ),
        responses=tuple(_answers(method)),
    )


def _answers(method: Any) -> list[ResponseContract]:
    return [
        ResponseContract(
            status_code=int(code),
            representations=tuple(_body(one) for one in _bodies(answer)),
        )
        for answer in _children(method, "response")
        for code in answer.get("status", "200").split()
        if re.fullmatch(r"[1-5]\d\d", code)
    ]


def _styled(params: list[Any], style: str) -> tuple[Parameter, ...]:
    return tuple(_parameter(one) for one in params if one.get("style") == style)


def _parameter(element: Any) -> Parameter:
    style = element.get("style")
    return Parameter(
        name=element.get("name", ""),
        type=element.get("type", "string").rpartition(":")[2],
        default_value=element.get("default"),
        required=style == "template" or element.get("required") == "true",
        values=tuple(one.get("value", "") for one in _children(element, "option")),
    )


def _bodies(element: Any) -> list[Any]:
    found = _children(element, "representation")
    return [one for one in found if one.get("mediaType")]


def _body(element: Any) -> Representation:
    return Representation(content_type=element.get("mediaType"))


def read_wsdl(
    text: str, api_id: str, chosen: tuple[str | None, str | None]
) -> ImportedApi:
    """The API in a WSDL 1.1 document; every action is a POST to its address."""
    root = read_xml(text)
    if root.tag != f"{WSDL}definitions":
        raise _refusal(f"line {root.sourceline}: <{_name(root)}> is not <definitions>")
    service, address, binding = _endpoint(root, chosen)
    namer = Namer()
    prefix = next(mark for mark in SOAP if binding.find(f"{mark}binding") is not None)
    operations = [
        _action(one, prefix, api_id, namer)
        for one in binding.findall(f"{WSDL}operation")
    ]
    types = root.find(f"{WSDL}types")
    inner = [] if types is None else [etree.tostring(one).decode() for one in types]
    return ImportedApi(
        title=service,
        service_url=address or None,
        protocols=_protocols(address),
        extra={"type": "soap"},
        operations=tuple(operations),
        schema_type=XSD_TYPE,
        # The whole of it, so that it can be exported: operations tell less.
        schemas={"value": "\n".join(inner), "wsdl": text},
    )


def _endpoint(root: Any, chosen: tuple[str | None, str | None]) -> tuple[str, str, Any]:
    """Name of the service, its address and its binding."""
    wanted, port_name = chosen
    bindings = {one.get("name"): one for one in root.findall(f"{WSDL}binding")}
    for service in root.findall(f"{WSDL}service"):
        if wanted and service.get("name") != wanted:
            continue
        for port in service.findall(f"{WSDL}port"):
            if port_name and port.get("name") != port_name:
                continue
            binding = bindings.get(port.get("binding", "").rpartition(":")[2])
            for mark in SOAP:
                address = port.find(f"{mark}address")
                if address is not None and binding is not None:
                    name = service.get("name", "API")
                    return name, address.get("location", ""), binding
    raise _refusal("it has no service with a SOAP port of that name")


def _action(element: Any, prefix: str, api_id: str, namer: Namer) -> Operation:
    name = element.get("name", "")
    soap = element.find(f"{prefix}operation")
    action = "" if soap is None else soap.get("soapAction", "")
    body = Representation(content_type=SOAP[prefix])
    return Operation(
        id=namer.operation_id(name),
        api_id=api_id,
        display_name=name,
        method="POST",
        # Actions share an address: what tells them apart stands in the query.
        url_template=f"/?soapAction={action or name}",
        request=RequestContract(representations=(body,)),
        responses=(ResponseContract(status_code=200, representations=(body,)),),
    )


def _protocols(address: str) -> tuple[str, ...]:
    scheme = urlsplit(address).scheme
    return (scheme,) if scheme in ("http", "https") else ()


def _children(element: Any, name: str) -> list[Any]:
    return [one for one in element if isinstance(one.tag, str) and _name(one) == name]


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _doc(element: Any) -> str:
    found = _children(element, "doc")
    if not found:
        return ""
    return str(found[0].get("title") or "".join(found[0].itertext())).strip()


def _refusal(why: str) -> Invalid:
    return Invalid(f"The document cannot be imported: {why}.", target="value")
