"""Operations on the account and on containers."""

import base64
import binascii
from xml.sax.saxutils import escape, quoteattr

from starlette.responses import Response

from bramka.blobs.containers import (
    change_container,
    create_container,
    delete_container,
    read_container,
    read_containers,
)
from bramka.blobs.exchange import Exchange, markup, validators
from bramka.blobs.fault import Fault
from bramka.blobs.heading import PREFIX, SHOWN, parse_metadata
from bramka.blobs.listing import Page, list_blobs
from bramka.blobs.moment import http_date
from bramka.blobs.rows import Blob, Container, Metadata

LONGEST_PAGE = 5000
ENDPOINT_ATTRIBUTE = "2013-08-15"
"""From this version on, listings name endpoint and container apart, without URLs."""


async def create(exchange: Exchange) -> Response:
    call = exchange.call
    if "x-ms-blob-public-access" in call.headers:
        raise Fault("PublicAccessNotPermitted")
    metadata = parse_metadata(call.headers)
    container = await exchange.run(
        create_container, exchange.depot, call.place, metadata
    )
    return Response(status_code=201, headers=validators(container.standing))


async def show(exchange: Exchange) -> Response:
    place = exchange.call.place
    container = await exchange.run(read_container, exchange.depot, place)
    headers = {
        **validators(container.standing),
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-has-immutability-policy": "false",
        "x-ms-has-legal-hold": "false",
    }
    headers.update({PREFIX + key: value for key, value in container.metadata.items()})
    return Response(headers=headers)


async def change_metadata(exchange: Exchange) -> Response:
    call = exchange.call
    container = await exchange.run(
        change_container,
        exchange.depot,
        call.place,
        parse_metadata(call.headers),
        exchange.guard(),
    )
    return Response(headers=validators(container.standing))


async def delete(exchange: Exchange) -> Response:
    await exchange.run(
        delete_container, exchange.depot, exchange.call.place, exchange.guard()
    )
    return Response(status_code=202)


async def show_access(exchange: Exchange) -> Response:
    place = exchange.call.place
    container = await exchange.run(read_container, exchange.depot, place)
    return markup("<SignedIdentifiers />", validators(container.standing))


async def show_account(_exchange: Exchange) -> Response:
    return Response(
        headers={
            "x-ms-sku-name": "Standard_LRS",
            "x-ms-account-kind": "StorageV2",
            "x-ms-is-hns-enabled": "false",
        }
    )


async def list_all(exchange: Exchange) -> Response:
    """List Containers."""
    query = exchange.call.query
    limit = exchange.call.number("maxresults", LONGEST_PAGE, LONGEST_PAGE)
    containers, following = await exchange.run(
        read_containers,
        exchange.depot,
        exchange.call.place.account,
        prefix=query.get("prefix", ""),
        start=_read_marker(query.get("marker", "")),
        limit=limit,
    )
    with_metadata = "metadata" in query.get("include", "")
    entries = (_container(container, with_metadata) for container in containers)
    return markup(
        f"<EnumerationResults ServiceEndpoint={quoteattr(exchange.call.root)}>"
        f"{_echo(exchange)}<Containers>{''.join(entries)}</Containers>"
        f"{_element('NextMarker', _marker(following))}</EnumerationResults>"
    )


async def list_contents(exchange: Exchange) -> Response:
    """List Blobs."""
    query = exchange.call.query
    limit = exchange.call.number("maxresults", LONGEST_PAGE, LONGEST_PAGE)
    page = await exchange.run(_read_page, exchange, limit)
    with_metadata = "metadata" in query.get("include", "").split(",")
    return markup(
        f"<EnumerationResults {_origin(exchange)}>{_echo(exchange)}"
        f"<Blobs>{_entries(page, exchange, with_metadata)}</Blobs>"
        f"{_element('NextMarker', _marker(page.next_name))}</EnumerationResults>"
    )


def _read_page(exchange: Exchange, limit: int) -> Page:
    query = exchange.call.query
    with exchange.depot.reading() as connection:
        return list_blobs(
            connection,
            exchange.call.place,
            prefix=query.get("prefix", ""),
            delimiter=query.get("delimiter", ""),
            start=_read_marker(query.get("marker", "")),
            limit=limit,
        )


def _origin(exchange: Exchange) -> str:
    call = exchange.call
    container = call.place.container
    if call.version < ENDPOINT_ATTRIBUTE:
        return f"ContainerName={quoteattr(call.root + container)}"
    return (
        f"ServiceEndpoint={quoteattr(call.root)} ContainerName={quoteattr(container)}"
    )


def _echo(exchange: Exchange) -> str:
    names = {
        "prefix": "Prefix",
        "marker": "Marker",
        "maxresults": "MaxResults",
        "delimiter": "Delimiter",
    }
    query = exchange.call.query
    return "".join(
        _element(element, query[name])
        for name, element in names.items()
        if name in query
    )


def _entries(page: Page, exchange: Exchange, with_metadata: bool) -> str:
    call = exchange.call
    base = f"{call.root}{call.place.container}/"
    old = call.version < ENDPOINT_ATTRIBUTE
    entries = [
        (blob.name, _blob(blob, base if old else "", with_metadata))
        for blob in page.blobs
    ]
    entries += [
        (name, f"<BlobPrefix>{_element('Name', name)}</BlobPrefix>")
        for name in page.prefixes
    ]
    return "".join(text for _, text in sorted(entries))


def _blob(blob: Blob, base: str, with_metadata: bool) -> str:
    properties = {
        "Creation-Time": http_date(blob.created),
        "Last-Modified": http_date(blob.modified),
        "Etag": blob.etag,
        "Content-Length": str(blob.size),
        **{
            field.title(): getattr(blob.properties, name)
            for name, field in SHOWN.items()
        },
        "Content-MD5": blob.properties.md5,
        "BlobType": "BlockBlob",
        "LeaseStatus": "unlocked",
        "LeaseState": "available",
        "ServerEncrypted": "false",
    }
    address = _element("Url", base + blob.name) if base else ""
    return (
        f"<Blob>{_element('Name', blob.name)}{address}"
        f"<Properties>{_elements(properties)}</Properties>"
        f"{_metadata(blob.metadata) if with_metadata else ''}</Blob>"
    )


def _container(container: Container, with_metadata: bool) -> str:
    properties = {
        "Last-Modified": http_date(container.modified),
        "Etag": f'"{container.etag}"',
        "LeaseStatus": "unlocked",
        "LeaseState": "available",
        "HasImmutabilityPolicy": "false",
        "HasLegalHold": "false",
    }
    return (
        f"<Container>{_element('Name', container.name)}"
        f"<Properties>{_elements(properties)}</Properties>"
        f"{_metadata(container.metadata) if with_metadata else ''}</Container>"
    )


def _metadata(metadata: Metadata) -> str:
    return f"<Metadata>{_elements(metadata)}</Metadata>"


def _elements(values: dict[str, str]) -> str:
    return "".join(_element(name, value) for name, value in values.items())


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name} />"


def _marker(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _read_marker(text: str) -> str:
    try:
        return base64.b64decode(text, b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Fault("InvalidQueryParameterValue", f"marker={text!r}") from None
