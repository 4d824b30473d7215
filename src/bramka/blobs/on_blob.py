"""Operations on a whole blob: put, get, change, delete, copy."""

import base64
import hashlib
from collections.abc import Callable

from starlette.responses import Response

from bramka.blobs.conditions import check_reading, parse_conditions
from bramka.blobs.contents import (
    Draft,
    change_properties,
    delete_blob,
    put_piece,
    read_blob,
    standing_at,
)
from bramka.blobs.exchange import Exchange, validators
from bramka.blobs.fault import Fault
from bramka.blobs.heading import (
    blob_headers,
    parse_md5,
    parse_metadata,
    parse_properties,
)
from bramka.blobs.on_copy import copy
from bramka.blobs.ranges import Span, parse_range
from bramka.blobs.rows import Blob, Part
from bramka.blobs.stream import BlobStream, chunks
from bramka.blobs.upload import receive

LARGEST_PUT = 5000 * 1024 * 1024
LARGEST_HASHED_RANGE = 4 * 1024 * 1024


async def put(exchange: Exchange) -> Response:
    """Put Blob; with a copy source, Copy Blob."""
    call = exchange.call
    if "x-ms-copy-source" in call.headers:
        return await copy(exchange)
    if call.headers.get("x-ms-blob-type") != "BlockBlob":
        raise Fault("FeatureNotSupported", "x-ms-blob-type must be BlockBlob.")
    metadata = parse_metadata(call.headers)
    announced = parse_md5(call.headers.get("x-ms-blob-content-md5", ""))
    guard = exchange.guard()
    # Refused before the body is read if it is clear now; for certain at the commit.
    guard(await exchange.run(standing_at, exchange.depot, call.place))
    upload = await receive(exchange, LARGEST_PUT)
    if announced and announced != upload.md5:
        upload.discard()
        raise Fault("Md5Mismatch", f"Received {upload.md5}, announced {announced}.")
    draft = Draft(parse_properties(call.headers, md5=upload.md5, plain=True), metadata)
    blob = await exchange.run(
        upload.settle,
        lambda piece: put_piece(exchange.depot, call.place, piece, draft, guard),
    )
    headers = {**validators(blob.standing), "content-md5": upload.md5}
    return Response(status_code=201, headers=headers)


async def get(exchange: Exchange) -> Response:
    """Get Blob: whole or a range, streamed."""
    call = exchange.call
    reader = exchange.depot.pieces.begin_reading()
    try:
        blob, parts = await exchange.run(read_blob, exchange.depot, call.place)
        check_reading(parse_conditions(call.headers), blob.standing)
        span = parse_range(call.headers, blob.size)
        headers = _described(blob, exchange, span)
        if call.headers.get("x-ms-range-get-content-md5", "").lower() == "true":
            headers["content-md5"] = await _range_md5(exchange, parts, span)
        return BlobStream(exchange, parts, span, headers, reader)
    except BaseException:
        exchange.depot.pieces.end_reading(reader)
        raise


async def show(exchange: Exchange) -> Response:
    """Get Blob Properties, and Get Blob Metadata."""
    call = exchange.call
    blob, _ = await exchange.run(read_blob, exchange.depot, call.place)
    check_reading(parse_conditions(call.headers), blob.standing)
    if call.method == "GET":
        return Response(headers={**blob_headers(blob, call), "content-type": ""})
    return Response(headers=_described(blob, exchange, Span(0, blob.size, False)))


async def _range_md5(exchange: Exchange, parts: list[Part], span: Span) -> str:
    if not span.partial or span.end - span.start > LARGEST_HASHED_RANGE:
        raise Fault("OutOfRangeInput", "An MD5 is made of ranges up to 4 MiB.")
    digest = hashlib.md5(usedforsecurity=False)
    async for chunk in chunks(exchange, parts, span):
        digest.update(chunk)
    return base64.b64encode(digest.digest()).decode()


def _described(blob: Blob, exchange: Exchange, span: Span) -> dict[str, str]:
    headers = blob_headers(blob, exchange.call)
    headers["content-length"] = str(span.end - span.start)
    if span.partial:
        headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{blob.size}"
    if blob.properties.md5:
        field = "x-ms-blob-content-md5" if span.partial else "content-md5"
        headers[field] = blob.properties.md5
    return headers


async def change_metadata(exchange: Exchange) -> Response:
    metadata = parse_metadata(exchange.call.headers)
    return await _change(exchange, lambda blob: Draft(blob.properties, metadata))


async def change_headers(exchange: Exchange) -> Response:
    """Set Blob Properties: those not given are cleared."""
    properties = parse_properties(exchange.call.headers)
    return await _change(exchange, lambda blob: Draft(properties, blob.metadata))


async def _change(exchange: Exchange, revise: Callable[[Blob], Draft]) -> Response:
    blob = await exchange.run(
        change_properties,
        exchange.depot,
        exchange.call.place,
        revise,
        exchange.guard(),
    )
    return Response(headers=validators(blob.standing))


async def delete(exchange: Exchange) -> Response:
    await exchange.run(
        delete_blob, exchange.depot, exchange.call.place, exchange.guard()
    )
    return Response(status_code=202, headers={"x-ms-delete-type-permanent": "true"})
