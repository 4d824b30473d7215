"""Uploads: in blocks as the Python client sends them, whole as R does, in ranges."""

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.to_thread
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.saved import upload_type
from bramka.store.upload import (
    Upload,
    begin_upload,
    forget_stale_uploads,
    forget_upload,
    upload_by_id,
)
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way

LARGEST_FILE = 10 << 30
LARGEST_BLOCK = 8 << 20
LARGEST_RANGE = 64 << 20
MOST_BLOCKS = 5_120
WHOLE = "content"
LOCK = ".lock"
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12}|\*)")


class Beginning(Struct, kw_only=True, rename="pascal"):
    """What an upload in ranges is told first."""

    data_type_id: str
    size: int | None = None


class Position(Struct, kw_only=True, rename="pascal"):
    """How far an upload is."""

    id: str
    received: int
    size: int | None = None


async def begin_as_clients_do(call: Call, request: Request) -> Response:
    """`POST resourceuploads`: an id; a body, if any, is the whole file (R)."""
    data_type = upload_type(call.query.get("dataTypeId", ""))
    upload = await anyio.to_thread.run_sync(_begin, call, data_type, None)
    await _take(request, call.site.upload(upload.id) / WHOLE, 0, LARGEST_FILE)
    return as_json({"Id": upload.id})


async def take_block(call: Call, request: Request) -> Response:
    """`POST blobuploads`: one block; sent again it replaces itself."""
    upload = await anyio.to_thread.run_sync(_find, call, call.query.get("uploadId", ""))
    blocks = call.whole("numberOfBlocks", 1, 1)
    number = call.whole("blockId", 0)
    if blocks > MOST_BLOCKS or number >= blocks:
        raise Invalid(
            f"Block {number} of {blocks}: blocks are counted from 0, and there are "
            f"at most {MOST_BLOCKS}.",
            target="blockId",
        )
    folder = call.site.upload(upload.id)
    draft = folder / f".{number}.{call.site.chance.hex(8)}"
    try:
        draft.touch()  # A block may be empty.
        await _take(request, draft, 0, LARGEST_BLOCK)
        draft.rename(folder / str(number))
    except FileNotFoundError:
        raise _finished(upload) from None
    return as_json({})


def begin(call: Call) -> Response:
    """`POST uploads`: begins an upload in ranges."""
    told = call.json(Beginning)
    if told.size is not None and not 0 <= told.size <= LARGEST_FILE:
        raise Invalid(
            f"The file has {told.size} bytes; at most {LARGEST_FILE} are taken.",
            target="Size",
        )
    upload = _begin(call, upload_type(told.data_type_id), told.size)
    return as_json(Position(id=upload.id, received=0, size=told.size), 201)


async def take_range(call: Call, request: Request) -> Response:
    """`PUT uploads/{upload}`: the bytes that `Content-Range` tells, in order."""
    upload = await anyio.to_thread.run_sync(_find, call, call.parts["upload"])
    path = call.site.upload(upload.id) / WHOLE
    with held(call, upload):
        received = path.stat().st_size if path.exists() else 0
        start = _start(request, received)
        if start > received:
            raise Conflict(
                f"Bytes from {start} on were sent, but {received} have come so far; go "
                "on from there.",
                target="Content-Range",
            )
        most = min(LARGEST_FILE if upload.size is None else upload.size, LARGEST_FILE)
        await _take(request, path, start, min(most - start, LARGEST_RANGE))
        received = path.stat().st_size
    return as_json(Position(id=upload.id, received=received, size=upload.size))


def position(call: Call) -> Response:
    """`GET uploads/{upload}`: how far it is, so that it can go on."""
    upload = _find(call, call.parts["upload"])
    path = call.site.upload(upload.id) / WHOLE
    received = path.stat().st_size if path.exists() else 0
    return as_json(Position(id=upload.id, received=received, size=upload.size))


def give_up(call: Call) -> Response:
    """`DELETE uploads/{upload}`."""
    upload = _find(call, call.parts["upload"])
    with held(call, upload):
        discard(call, upload)
    return Response(status_code=204)


@contextmanager
def held(call: Call, upload: Upload) -> Iterator[None]:
    """Nobody else writes the upload, or finishes it, meanwhile.

    A dataset shares the file with the upload that it is made of.
    """
    path = call.site.upload(upload.id) / LOCK
    try:
        file = path.open("a")
    except FileNotFoundError:
        raise _finished(upload) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(
                f"Another request works on the upload '{upload.id}'; wait for its end.",
                target="UploadId",
            ) from None
        if not path.exists():
            raise _finished(upload)
        yield


def _finished(upload: Upload) -> Missing:
    return Missing(
        f"The upload '{upload.id}' is finished, or was given up; begin one anew.",
        target="UploadId",
    )


def discard(call: Call, upload: Upload) -> None:
    """Forget an upload with its bytes."""
    with call.site.store.writing() as transaction:
        forget_upload(transaction, upload.id)
    shutil.rmtree(call.site.upload(upload.id), ignore_errors=True)


def whole_file(call: Call, upload: Upload) -> Path:
    """The file of an upload that has come whole; Conflict while parts are missing."""
    folder = call.site.upload(upload.id)
    blocks = sorted(
        (path for path in folder.iterdir() if path.name.isdecimal()),
        key=lambda path: int(path.name),
    )
    whole = folder / WHOLE
    if blocks:
        missing = set(range(len(blocks))) - {int(path.name) for path in blocks}
        if missing:
            raise Conflict(f"Block {min(missing)} of the upload has not come yet.")
        with whole.open("wb") as out:
            for block in blocks:
                with block.open("rb") as file:
                    shutil.copyfileobj(file, out, 1 << 20)
    size = whole.stat().st_size if whole.exists() else 0
    if upload.size is not None and size != upload.size:
        raise Conflict(
            f"{size} of {upload.size} bytes have come; send the rest first.",
            target="UploadId",
        )
    if not whole.exists():
        whole.touch()
    return whole


def _begin(call: Call, data_type: str, size: int | None) -> Upload:
    with call.site.store.writing() as transaction:
        for stale in forget_stale_uploads(transaction):
            shutil.rmtree(call.site.upload(stale), ignore_errors=True)
        upload = begin_upload(
            transaction,
            Upload(
                id=call.site.chance.hex(16),
                workspace_id=call.workspace,
                data_type=data_type,
                size=size,
            ),
        )
    call.site.upload(upload.id).mkdir(mode=0o700, parents=True, exist_ok=True)
    return upload


def _find(call: Call, upload: str) -> Upload:
    with call.site.store.reading() as transaction:
        return upload_by_id(transaction, call.workspace, upload)


def _start(request: Request, received: int) -> int:
    text = request.headers.get("content-range")
    if text is None:
        return received
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Invalid(
            f"Content-Range is '{text[:60]}'; send `bytes FIRST-LAST/SIZE`.",
            target="Content-Range",
        )
    return int(match[1])


async def _take(request: Request, path: Path, start: int, most: int) -> None:
    """Write the body from `start` on; nothing is made for an empty one."""
    taken = 0
    file = None
    try:
        async for piece in request.stream():
            taken += len(piece)
            if taken > most:
                raise Invalid(f"More than {most} bytes were sent at once.")
            if file is None and piece:
                file = await anyio.open_file(path, "r+b" if start else "wb")
                await file.seek(start)
            if file is not None and piece:
                await file.write(piece)
        if file is not None:
            await file.truncate(start + taken)
    finally:
        if file is not None:
            await file.aclose()


WAYS = (
    Way(
        "POST",
        "api/resourceuploads/workspaces/{workspace}",
        stream=begin_as_clients_do,
    ),
    Way("POST", "api/blobuploads/workspaces/{workspace}", stream=take_block),
    Way("POST", "api/workspaces/{workspace}/uploads", begin),
    Way("PUT", "api/workspaces/{workspace}/uploads/{upload}", stream=take_range),
    Way("GET", "api/workspaces/{workspace}/uploads/{upload}", position),
    Way("DELETE", "api/workspaces/{workspace}/uploads/{upload}", give_up),
)
