"""The document of Put Block List: which blocks make the blob."""

from xml.parsers.expat import ExpatError, ParserCreate

from bramka.blobs.fault import Fault

MOST_BLOCKS = 50_000
KINDS = {"Committed", "Uncommitted", "Latest"}


class BlockListReader:
    """Collects pairs of kind and block ID while expat reads."""

    def __init__(self) -> None:
        self.wanted: list[tuple[str, str]] = []
        self._path: list[str] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        expected = KINDS if self._path == ["BlockList"] else {"BlockList"}
        if name not in expected or len(self._path) > 1:
            raise Fault(
                "InvalidXmlDocument",
                f"Found <{name}> where one of {sorted(expected)} belongs.",
            )
        if len(self.wanted) == MOST_BLOCKS:
            raise Fault("BlockCountExceedsLimit")
        self._path.append(name)
        if len(self._path) == 2:
            self.wanted.append((name, ""))

    def end(self, _name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        if len(self._path) == 2:
            kind, block = self.wanted[-1]
            self.wanted[-1] = (kind, block + text.strip())

    def doctype(self, *_declared: object) -> None:
        raise Fault("InvalidXmlDocument", "A document type is not allowed.")


def parse_block_list(document: bytes) -> list[tuple[str, str]]:
    """Pairs of `Committed`, `Uncommitted` or `Latest` and a block ID, in order."""
    reader = BlockListReader()
    parser = ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    # Without a document type there are no entities to expand without end.
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(document, True)
    except ExpatError as problem:
        raise Fault("InvalidXmlDocument", f"{problem}.") from None
    return reader.wanted
