"""Blob Batch: many deletes in one request, each signed and answered on its own."""

import re
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from bramka.blobs.call import Call, parse_path, parse_query
from bramka.blobs.exchange import Exchange
from bramka.blobs.fault import Fault
from bramka.blobs.upload import read_document

MOST_PARTS = 256
BOUNDARY = re.compile(
    r"""multipart/mixed;.*boundary="?([^";,]{1,120})"?""", re.IGNORECASE
)
REQUEST_LINE = re.compile(r"([A-Z]+) (/\S*) HTTP/1\.[01]")


class Part(msgspec.Struct, frozen=True):
    """One request of a batch, and the ID its answer carries."""

    content_id: str
    call: Call


async def run(exchange: Exchange) -> Response:
    """Answer each part in order; a part's refusal does not touch the others."""
    body = await read_document(exchange)
    found = BOUNDARY.fullmatch(exchange.call.headers.get("content-type", ""))
    if found is None:
        raise Fault("InvalidHeaderValue", "Content-Type must be multipart/mixed.")
    parts = parse_batch(body.decode("latin-1"), found[1], exchange.call)
    boundary = f"batchresponse_{exchange.request_id}"
    text = ""
    for part in parts:
        answer = await _answer(exchange, part)
        text += f"--{boundary}\r\n{_shown(part, answer, exchange.request_id)}"
    return Response(
        f"{text}--{boundary}--\r\n".encode("latin-1"),
        202,
        {"content-type": f"multipart/mixed; boundary={boundary}"},
    )


async def _answer(exchange: Exchange, part: Part) -> Response:
    outer, inner = exchange.call.place, part.call.place
    within = outer.account == inner.account and outer.container in {"", inner.container}
    if part.call.method != "DELETE" or not part.call.place.name or not within:
        raise Fault("InvalidInput", "A batch deletes blobs of its own account.")
    return await exchange.answer(part.call)


def parse_batch(text: str, boundary: str, outer: Call) -> list[Part]:
    """The requests of a multipart body."""
    sections = text.split(f"--{boundary}")
    if len(sections) < 3 or not sections[-1].startswith("--"):
        raise Fault("InvalidInput", "The batch does not end with its boundary.")
    if len(sections) - 2 > MOST_PARTS:
        raise Fault("InvalidInput", f"A batch has at most {MOST_PARTS} parts.")
    return [_parse_part(section, outer) for section in sections[1:-1]]


def _parse_part(section: str, outer: Call) -> Part:
    head, _, request = section.replace("\r\n", "\n").strip("\n").partition("\n\n")
    line, _, fields = request.strip("\n").partition("\n")
    found = REQUEST_LINE.fullmatch(line.strip())
    if found is None:
        raise Fault("InvalidInput", f"{line!r} begins no request of a batch.")
    raw_path, _, query = found[2].partition("?")
    call = msgspec.structs.replace(
        outer,
        method=found[1],
        raw_path=raw_path,
        place=parse_path(raw_path),
        query=parse_query(query),
        headers=_fields(fields),
        default_version=outer.version,
    )
    return Part(_fields(head).get("content-id", ""), call)


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.split("\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _shown(part: Part, answer: Response, request_id: str) -> str:
    status = answer.status_code
    fields = {**answer.headers, "x-ms-request-id": request_id}
    body = bytes(answer.body).decode("latin-1")
    return "\r\n".join(
        [
            "Content-Type: application/http",
            *([f"Content-ID: {part.content_id}"] if part.content_id else []),
            "",
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in fields.items()),
            "",
            f"{body}\r\n",
        ]
    )
