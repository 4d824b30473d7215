"""What a scorer process does with the messages it gets: loads one model, and scores."""

import msgspec
from msgspec.structs import replace

from bramka.domain.errors import BramkaError
from bramka.domain.learning.model import (
    Answered,
    Compare,
    Compile,
    Loaded,
    Message,
)
from bramka.domain.learning.value_file import table_bytes, table_from
from bramka.studio.own_model import Ready, ready


class Desk:
    """One model and its calls; `isolation` says what keeps the process apart."""

    def __init__(self, isolation: tuple[str, ...] = ()) -> None:
        self._isolation = isolation
        self._loaded: Loaded | None = None
        self._score: Ready | None = None

    def __repr__(self) -> str:
        return f"<Desk: {'ready' if self._score else 'no model'}>"

    def answer(self, content: bytes) -> bytes:
        """The answer to a message, both as bytes."""
        try:
            answer = self._answer(content)
        except MemoryError:
            answer = Answered(error="Memory has been exhausted.")
        except BramkaError as error:
            answer = Answered(error=error.message[:2000])
        except Exception as error:
            # The edge of the process: models break on anything.
            answer = Answered(error=f"{type(error).__name__}: {error}"[:2000])
        return msgspec.msgpack.encode(answer)

    def _answer(self, content: bytes) -> Answered:
        message: Message = msgspec.msgpack.decode(content, type=Message)
        if isinstance(message, Loaded):
            self._score, columns = ready(message)
            self._loaded = message
            return Answered(columns=columns, isolation=self._isolation)
        assert self._score is not None, "the model comes first"
        if isinstance(message, Compile):
            return self._compiled(message)
        if isinstance(message, Compare):
            return self._compared(message)
        scored = self._score(table_from(message.table))
        return Answered(table=table_bytes(scored, packed=False))

    def _compared(self, message: Compare) -> Answered:
        from bramka.studio.trial import same_alone  # noqa: PLC0415 - as below

        assert self._loaded is not None
        assert self._score is not None
        sample = table_from(message.sample)
        return Answered(same=same_alone(self._loaded.model, self._score, sample))

    def _compiled(self, message: Compile) -> Answered:
        # Not before: it is needed at publication only.
        from bramka.studio.compiling import compile_model  # noqa: PLC0415

        assert self._loaded is not None
        assert self._score is not None
        loaded = replace(self._loaded, model=message.model)
        found = compile_model(loaded, self._score, table_from(message.sample))
        return Answered(form=found.form, why=found.why, content=found.content)
