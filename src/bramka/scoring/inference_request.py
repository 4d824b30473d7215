"""The body of an Open Inference request: its JSON, and the tensors behind that."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.scoring.tensors import Tensor, split
from bramka.wire.message import Request

HEADER = b"inference-header-content-length"


class WantedOutput(Struct, kw_only=True):
    """One output that is asked for."""

    name: str
    parameters: dict[str, object] = {}


class Wanted(Struct, kw_only=True):
    """The JSON of a request."""

    inputs: list[Tensor]
    id: str = ""
    outputs: list[WantedOutput] = []
    parameters: dict[str, object] = {}


def wanted_of(request: Request) -> tuple[Wanted, Mapping[str, bytes]]:
    """What is asked, and the bytes of tensors by name."""
    text = request.header(HEADER)
    length = None
    if text is not None:
        if not text.isdigit() or int(text) > len(request.body):
            raise Invalid("Inference-Header-Content-Length does not fit the body.")
        length = int(text)
    try:
        wanted = msgspec.json.decode(request.body[:length], type=Wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is no inference request: {error}") from None
    return wanted, split(request.body, length, wanted.inputs)
