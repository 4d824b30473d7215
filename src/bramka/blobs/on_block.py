"""Operations on blocks: stage one, commit a list, show the lists."""

import base64
import binascii
from collections.abc import Iterable

from starlette.responses import Response

from bramka.blobs.block_list import parse_block_list
from bramka.blobs.contents import (
    Choice,
    Draft,
    commit_blocks,
    read_blocks,
    stage_block,
    standing_at,
)
from bramka.blobs.exchange import Exchange, markup, validators
from bramka.blobs.fault import Fault
from bramka.blobs.heading import parse_metadata, parse_properties
from bramka.blobs.pieces import Piece
from bramka.blobs.rows import Part
from bramka.blobs.upload import read_document, receive

LARGEST_BLOCK = 4000 * 1024 * 1024
EMPTY = Piece("", 0)


async def put_block(exchange: Exchange) -> Response:
    call = exchange.call
    block = _check_block(call.query.get("blockid", ""))
    if "x-ms-copy-source" in call.headers:
        raise Fault("UnsupportedQueryParameter", "Put Block From URL is not offered.")
    await exchange.run(standing_at, exchange.depot, call.place)
    upload = await receive(exchange, LARGEST_BLOCK)
    if upload.is_empty:
        raise Fault("InvalidHeaderValue", "Content-Length: a block is never empty.")
    await exchange.run(
        upload.settle,
        lambda piece: stage_block(
            exchange.depot, call.place, Part(block, piece or EMPTY)
        ),
    )
    return Response(status_code=201, headers={"content-md5": upload.md5})


def _check_block(text: str) -> str:
    try:
        if 0 < len(base64.b64decode(text, validate=True)) <= 64:
            return text
    except (binascii.Error, ValueError):
        pass
    raise Fault("InvalidBlockId", f"Found {text!r}.")


async def put_block_list(exchange: Exchange) -> Response:
    call = exchange.call
    draft = Draft(parse_properties(call.headers), parse_metadata(call.headers))
    wanted = parse_block_list(await read_document(exchange))
    blob = await exchange.run(
        commit_blocks,
        exchange.depot,
        call.place,
        choice_of(wanted),
        draft,
        exchange.guard(),
    )
    return Response(status_code=201, headers=validators(blob.standing))


def choice_of(wanted: list[tuple[str, str]]) -> Choice:
    """Picks the wanted blocks among the committed and the staged ones."""

    def choose(committed: list[Part], staged: list[Part]) -> list[Part]:
        old = {part.block: part for part in committed}
        new = {part.block: part for part in staged}
        sources = {"Committed": old, "Uncommitted": new, "Latest": {**old, **new}}
        parts = [sources[kind].get(block) for kind, block in wanted]
        for (kind, block), part in zip(wanted, parts, strict=True):
            if part is None:
                raise Fault("InvalidBlockList", f"There is no {kind} block {block!r}.")
        return [part for part in parts if part is not None]

    return choose


async def get_block_list(exchange: Exchange) -> Response:
    call = exchange.call
    which = call.query.get("blocklisttype", "committed").lower()
    if which not in {"committed", "uncommitted", "all"}:
        raise Fault("InvalidQueryParameterValue", f"blocklisttype={which!r}")
    blob, committed, staged = await exchange.run(
        read_blocks, exchange.depot, call.place
    )
    text = ""
    if which != "uncommitted":
        shown = _blocks(part for part in committed if part.block)
        text += f"<CommittedBlocks>{shown}</CommittedBlocks>"
    if which != "committed":
        text += f"<UncommittedBlocks>{_blocks(staged)}</UncommittedBlocks>"
    headers = {"x-ms-blob-content-length": str(blob.size if blob else 0)}
    if blob:
        headers.update(validators(blob.standing))
    return markup(f"<BlockList>{text}</BlockList>", headers)


def _blocks(parts: Iterable[Part]) -> str:
    # Base64 text needs no escaping.
    return "".join(
        f"<Block><Name>{part.block}</Name><Size>{part.piece.size}</Size></Block>"
        for part in parts
    )
