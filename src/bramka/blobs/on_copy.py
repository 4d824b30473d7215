"""Copy Blob: within this endpoint, at once, without copying bytes on disk."""

from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response

from bramka.blobs.call import Call, Place, check, parse_path, parse_query
from bramka.blobs.conditions import Standing, check_source, parse_conditions
from bramka.blobs.contents import Draft, copy_blob
from bramka.blobs.exchange import Exchange, validators
from bramka.blobs.fault import Fault
from bramka.blobs.heading import parse_metadata
from bramka.blobs.rows import Blob


async def copy(exchange: Exchange) -> Response:
    """Answer Copy Blob and Put Blob From URL; sources elsewhere are refused."""
    call = exchange.call
    source = await source_place(exchange)
    conditions = parse_conditions(call.headers, "x-ms-source-")
    metadata = parse_metadata(call.headers)

    def check_original(standing: Standing | None) -> None:
        if standing is not None:
            check_source(conditions, standing)

    def draft(original: Blob) -> Draft:
        return Draft(original.properties, metadata or original.metadata)

    blob = await exchange.run(
        copy_blob,
        exchange.depot,
        source,
        call.place,
        draft=draft,
        source_guard=check_original,
        guard=exchange.guard(),
    )
    headers = validators(blob.standing)
    if call.headers.get("x-ms-blob-type"):
        return Response(status_code=201, headers=headers)
    headers["x-ms-copy-id"] = exchange.request_id
    headers["x-ms-copy-status"] = "success"
    return Response(status_code=202, headers=headers)


async def source_place(exchange: Exchange) -> Place:
    """The blob `x-ms-copy-source` names, if it lies here and the caller may read it."""
    address = urlsplit(exchange.call.headers["x-ms-copy-source"])
    if address.netloc != exchange.call.headers.get("host"):
        # Fetching from elsewhere would let callers reach what only we can reach.
        raise Fault("CannotVerifyCopySource", f"{address.netloc} is not this endpoint.")
    reading = msgspec.structs.replace(
        exchange.call,
        method="GET",
        raw_path=address.path,
        place=parse_path(address.path),
        query=parse_query(address.query),
        headers={"x-ms-version": exchange.call.version},
    )
    check(reading)
    if not reading.place.name:
        raise Fault("InvalidHeaderValue", "x-ms-copy-source names no blob.")
    if not _may_read(exchange, reading):
        raise Fault("CannotVerifyCopySource", "The source is not yours to read.")
    return reading.place


def _may_read(exchange: Exchange, reading: Call) -> bool:
    if "sig" in reading.query:
        return exchange.authenticate(reading).allows("r", "blob")
    same_account = reading.place.account == exchange.call.place.account
    return exchange.grant.owner and same_account
