"""Files to download: what was uploaded, or a table written in another format."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, Response, StreamingResponse

from bramka.domain.errors import Invalid
from bramka.domain.learning.arff import write_arff
from bramka.domain.learning.delimited import FORMATS, Delimited, write_delimited
from bramka.domain.learning.svmlight import write_svmlight
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Archive, Learnt, Pictures
from bramka.studio.stored import facts_of, load, pieces
from bramka.studio.task import Place

Write = Callable[[Table, bool], bytes]
BINARY = "application/octet-stream"


def _delimited(kind: Delimited) -> Write:
    def write(table: Table, first: bool) -> bytes:
        return write_delimited(table, kind, header=kind.header and first)

    return write


def _arff(table: Table, first: bool) -> bytes:
    return write_arff(table, header=first)


def _svmlight(table: Table, _first: bool) -> bytes:
    return write_svmlight(table)


WRITERS: dict[str, tuple[str, str, Write]] = {
    "csv": (".csv", "text/csv", _delimited(FORMATS[".csv"])),
    "tsv": (".tsv", "text/tab-separated-values", _delimited(FORMATS[".tsv"])),
    "csv-no-header": (".nh.csv", "text/csv", _delimited(FORMATS[".nh.csv"])),
    "tsv-no-header": (
        ".nh.tsv",
        "text/tab-separated-values",
        _delimited(FORMATS[".nh.tsv"]),
    ),
    "arff": (".arff", "text/plain", _arff),
    "svmlight": (".svmlight", "text/plain", _svmlight),
}
"""How each format is called in a query, how its files end, and who writes it."""


def file_of(place: Place, format_: str, title: str) -> Response:
    """A stored value as a file in a format; Parquet is how tables are kept."""
    folder = Path(place.folder)
    facts = facts_of(folder, place.name)
    if not facts.is_table:
        return _other(folder, place.name, title)
    if format_ == "parquet":
        path = folder / f"{place.name}.parquet"
        return FileResponse(path, headers=_named(title, ".parquet"), media_type=BINARY)
    if format_ not in WRITERS:
        raise Invalid(
            f"'{format_[:40]}' is none of parquet, {', '.join(WRITERS)}.",
            target="format",
        )
    ending, media, write = WRITERS[format_]
    # The first piece is written before the answer begins, so that it can be refused.
    written = _written(folder, place.name, write)
    first = next(written)
    return StreamingResponse(
        _chained(first, written), headers=_named(title, ending), media_type=media
    )


def _other(folder: Path, name: str, title: str) -> Response:
    value = load(folder, name)
    match value:
        case Archive():
            return _bytes(value.content, title, ".zip", "application/zip")
        case Pictures():
            if len(value.images) == 1:
                return _bytes(value.images[0], title, ".png", "image/png")
            return _bytes(value.text.encode(), title, ".txt", "text/plain")
        case Learnt():
            ending = ".ilearner" if value.type == "ILearner" else ".itransform"
            content = (folder / f"{name}.value").read_bytes()
            return _bytes(content, title, ending, BINARY)
    raise Invalid("What stands there cannot be downloaded.")


def _bytes(content: bytes, title: str, ending: str, media: str) -> Response:
    return Response(content, headers=_named(title, ending), media_type=media)


def _written(folder: Path, name: str, write: Write) -> Iterator[bytes]:
    for number, piece in enumerate(pieces(folder, name)):
        yield write(piece, number == 0)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _named(title: str, ending: str) -> dict[str, str]:
    name = title if title.lower().endswith(ending) else title + ending
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
