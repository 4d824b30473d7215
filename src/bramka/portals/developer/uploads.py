"""`/developer/uploads`: files that become inputs of batch jobs."""

import queue
from collections.abc import Iterator
from contextlib import suppress

import anyio
import anyio.to_thread
import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bramka.domain.blob import BlobLocator, BlobReference
from bramka.domain.errors import Forbidden, Invalid, Unavailable
from bramka.jobs.uploads import DAY_SECONDS, KEPT_DAYS, place_for
from bramka.portals.developer.door import JSON, Place
from bramka.portals.developer.listing import moment
from bramka.store.subscription import of_owner

LARGEST_UPLOAD = 1024 * 1024 * 1024
AT_ONCE = 4
PIECES_WAITING = 16
SECRET_BYTES = 16
_STALLED = 60.0
"""Seconds that a store or a sender may be silent."""


class Uploaded(Struct, frozen=True, rename="camel", kw_only=True):
    """Where the file lies, in the words of the batch API."""

    connection_string: str
    relative_location: str
    size: int
    expires: str | None

    def __repr__(self) -> str:
        return f"<Uploaded: {self.size} bytes>"


class Broken(Exception):
    """The sender went away, or sent too much: nothing is kept."""


class Uploads:
    """Takes files and hands them to the store of blobs, piece by piece."""

    def __init__(self, place: Place, locator: BlobLocator) -> None:
        self._place, self._locator = place, locator
        self._limiter = anyio.Semaphore(AT_ONCE)

    def routes(self) -> list[Route]:
        return [Route("/developer/uploads", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        try:
            reference = await anyio.to_thread.run_sync(self._admit, request)
            size = await self._take(request, reference)
        except Exception as error:  # the edge: every error has one shape
            return self._place.refuse(error)
        now = self._place.store.clock.now()
        told = Uploaded(
            connection_string=reference.connection_string or "",
            relative_location=f"/{reference.relative_location}",
            size=size,
            expires=moment(now + KEPT_DAYS * DAY_SECONDS),
        )
        headers = {"Cache-Control": "no-store"}
        return Response(msgspec.json.encode(told), 201, headers, media_type=JSON)

    def _admit(self, request: Request) -> BlobReference:
        """Only those who may call something have something to upload for."""
        place = self._place
        with place.store.reading() as transaction:
            user = place.reader_of(transaction, request).user
            held = of_owner(transaction, user)
            if not any(one.noun.state == "active" for one in held):
                raise Forbidden("Subscribe to a product before you upload a file.")
            filename = request.query_params.get("filename", "")
            secret = place.chance.hex(SECRET_BYTES)
            reference = place_for(filename, transaction.now, secret)
        announced = request.headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > LARGEST_UPLOAD:
            raise _too_large()
        return reference

    async def _take(self, request: Request, reference: BlobReference) -> int:
        try:
            self._limiter.acquire_nowait()
        except anyio.WouldBlock:
            raise Unavailable(
                "Too many files are being uploaded; try again in a moment."
            ) from None
        try:
            return await self._stream(request, reference)
        finally:
            self._limiter.release()

    async def _stream(self, request: Request, reference: BlobReference) -> int:
        store, path = self._locator.find(reference)
        pieces = Pieces()
        problem: list[Exception] = []

        def write() -> None:
            try:
                store.write(path, pieces)
            except Exception as error:
                problem.append(error)
            finally:
                pieces.stop()

        async with anyio.create_task_group() as group:
            group.start_soon(anyio.to_thread.run_sync, write)
            size = 0
            try:
                size = await _feed(request, pieces)
            except Exception as error:
                problem.append(error)
                pieces.break_off()
            except BaseException:
                pieces.break_off()
                raise
        if problem and isinstance(problem[0], Unavailable):
            # What it says names the file's address, which is a secret.
            raise Unavailable("The store of files is away; try again in a moment.")
        if problem:
            raise problem[0]
        return size


async def _feed(request: Request, pieces: "Pieces") -> int:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST_UPLOAD:
            raise _too_large()
        if piece and not await pieces.put(piece):
            return size
    await pieces.put(None)
    return size


class Pieces:
    """Pieces on their way from the event loop to the thread that writes them."""

    def __init__(self) -> None:
        self._queue: queue.Queue[bytes | Broken | None] = queue.Queue(PIECES_WAITING)
        self._stopped = False

    async def put(self, piece: bytes | None) -> bool:
        """Hand one over; False when nobody takes any more."""
        while not self._stopped:
            with suppress(queue.Full):
                self._queue.put_nowait(piece)
                return True
            await anyio.sleep(0.01)
        return False

    def break_off(self) -> None:
        """Have the writer fail, so that it keeps nothing."""
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        self._queue.put_nowait(Broken("The upload broke off."))

    def stop(self) -> None:
        """Nobody takes any more."""
        self._stopped = True

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                piece = self._queue.get(timeout=_STALLED)
            except queue.Empty:
                raise Broken("The upload stalled.") from None
            if isinstance(piece, Broken):
                raise piece
            if piece is None:
                return
            yield piece


def _too_large() -> Invalid:
    return Invalid(f"The file is larger than {LARGEST_UPLOAD} bytes; send less.")
