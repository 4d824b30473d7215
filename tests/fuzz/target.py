"""One coverage-guided fuzz run, in a process of its own: `target.py NAME [options]`.

The options are libFuzzer's. What fails is written down, and ends the process.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

import atheris

with atheris.instrument_imports(
    include=[
        "bramka.wire",
        "bramka.domain.traffic.policy_builder",
        "bramka.domain.traffic.policy_scan",
        "bramka.domain.traffic.policy_text",
        "bramka.expressions",
        "httptools",
    ]
):
    from tests.expressions.evaluating import AROUND, exchange
    from tests.wire.listening import Listening

    from bramka.domain.errors import Invalid
    from bramka.domain.traffic import policy_text
    from bramka.domain.traffic.policy_text import Place
    from bramka.expressions import compile_expression
    from bramka.expressions.failures import EvaluationFailure
    from bramka.expressions.meter import begin
    from bramka.wire.connection import Limits

SMALL = Limits(head_bytes=4096, body_bytes=4000)


def listener(data: bytes) -> None:
    """However the bytes arrive, the same requests are understood, or none."""
    size, stream = 1 + data[0] % 40 if data else 1, data[1:]
    whole = Listening(limits=SMALL).feed([stream])
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    apart = Listening(limits=SMALL).feed(pieces)
    seen = [
        [
            (one.method, one.path, one.query, one.headers, one.body)
            for one in each.requests
        ]
        for each in (whole, apart)
    ]
    assert seen[0] == seen[1], "what was understood depends on how it arrived"
    for status in whole.statuses:
        assert status == 200 or 400 <= status < 500 or status == 505, status


def check_place(refused: Invalid) -> None:
    """A refusal tells where."""
    assert "line " in refused.details[0].message, refused.details


def scanner(data: bytes) -> None:
    """A document is read, or refused with its place."""
    text = data[1:].decode("utf-8", "surrogateescape")
    try:
        root = policy_text.read(text, escaped=data[:1] > b"\x7f")
    except Invalid as refused:
        check_place(refused)
        return
    assert root.name


def expression(data: bytes) -> None:
    """Source is compiled or refused; what is compiled gives a value or fails."""
    source, is_block = data[1:].decode("utf-8", "replace"), data[:1] > b"\x7f"
    try:
        made = compile_expression(source, is_block=is_block, place=Place(1, 1))
    except Invalid as refused:
        check_place(refused)
        return
    begin(AROUND.clock)
    with suppress(EvaluationFailure):
        made.evaluate(exchange(), AROUND)


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (listener, scanner, expression)
}

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
