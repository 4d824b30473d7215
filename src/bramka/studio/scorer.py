"""Scorers: processes of their own in which models of other makers are called.

A scorer gets its model over a pipe, has none of our environment, and is killed and
replaced when it takes too long or dies.
"""

import io
import os
import select
import shutil
import struct
import threading
import weakref
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from tempfile import mkdtemp
from typing import Any

import msgspec
from msgspec.structs import replace

from bramka.domain.clock import Clock
from bramka.domain.learning.compiled import Compilation
from bramka.domain.learning.model import (
    Answered,
    Asked,
    Compare,
    Compile,
    Loaded,
    Message,
    Model,
)
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Definition
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value_file import table_bytes, table_from
from bramka.studio.scorer_process import LIBRARIES, Nursery, Process, Spawned

SECONDS = 90.0
"""The longest call; callers themselves wait for 100 seconds."""
LOADING_SECONDS = 120.0
COMPILING_SECONDS = 60.0
"""Then a model is scored as it is: converters have been seen to run for ever."""
PIECE = 1 << 20
LENGTH = struct.Struct("<Q")
LONGEST_ANSWER = 2 << 30
"""We hold it whole, and code of others says how long it is."""


class Broken(ModuleError):
    """What a model, or its process, said instead of an answer."""

    def __init__(self, reason: str, *, model: str) -> None:
        text = f"{model} library exception: {reason}"
        super().__init__(1000, text[:2000], module=model)
        self.reason = reason


class _Ended(Broken):
    """The process of a model is gone; `bereft`: with its nursery, not by itself."""

    bereft = False


class Scorer:
    """One process with one model; it is started at the first call."""

    def __init__(
        self,
        command: Sequence[str],
        clock: Clock,
        loaded: Loaded,
        name: str,
        seconds: float = SECONDS,
        nursery: Nursery | None = None,
    ) -> None:
        self._command, self._clock, self._nursery = list(command), clock, nursery
        self._loaded, self._name, self._seconds = loaded, name, seconds
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._unpacked: str | None = None
        self.isolation: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Scorer: {self._name}>"

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def columns(self) -> tuple[Column, ...]:
        """What the model takes; starts the process if need be."""
        with self._lock:
            return self._start()

    def warm(self) -> None:
        """Start the process, unless there is one."""
        with self._lock:
            if self._process is not None:
                return
            try:
                self._start()
            except ModuleError:
                # Else the first call would find a process without its model.
                self.close()
                raise

    def score(self, table: Table) -> Table:
        """What the model makes of a table; ModuleError when it breaks."""
        asked = Asked(table=table_bytes(table, packed=False))
        with self._lock:
            if self._process is None or self._process.status() is not None:
                self._start()
            try:
                answer = self._ask(asked, self._seconds)
            except _Ended as ended:
                # Perhaps somebody killed it, and no row of ours is to blame.
                self._start(alone=ended.bereft)
                answer = self._ask(asked, self._seconds)
        return table_from(answer.table)

    def reload(self, loaded: Loaded) -> None:
        """The model with other columns, in the same process."""
        with self._lock:
            self._loaded = loaded
            if self._process is None:
                self._start()
            else:
                self._ask(self._with_folder(), LOADING_SECONDS)

    def compiled(self, model: Model, sample: Table) -> tuple[Compilation, bytes]:
        """A quicker form of the model, if one agrees with it, and its content."""
        with self._lock:
            if self._process is None:
                self._start()
            asked = Compile(model=model, sample=table_bytes(sample))
            try:
                answer = self._ask(asked, COMPILING_SECONDS)
            except ModuleError as error:
                why = f"Scored by the model itself: {error}"
                return Compilation(form="direct", why=why[:1000]), b""
        return Compilation(form=answer.form, why=answer.why), answer.content

    def together(self, sample: Table) -> bool:
        """Whether rows scored together gave the bits that each of them gave alone."""
        with self._lock:
            if self._process is None:
                self._start()
            asked = Compare(sample=table_bytes(sample))
            try:
                return self._ask(asked, COMPILING_SECONDS).same
            except ModuleError:
                return False

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def _start(self, *, alone: bool = False) -> tuple[Column, ...]:
        """A process with the model; `alone`: one that needs no nursery to live."""
        self.close()
        try:
            answer = self._load(alone=alone)
        except _Ended as ended:
            answer = self._load(alone=ended.bereft)
        self.isolation = answer.isolation
        return answer.columns

    def _load(self, *, alone: bool) -> Answered:
        forked = None
        if self._nursery is not None and not alone:
            forked = self._nursery.fork(LIBRARIES.get(self._loaded.model.flavour, ()))
        self._process = forked or Spawned(self._command)
        with suppress(OSError):  # Whether it lives is seen by what follows.
            self._say(self._process, self._folder().encode())
        return self._ask(self._with_folder(), LOADING_SECONDS)

    def _folder(self) -> str:
        """Where the model's archive lies unpacked, if it has one."""
        archive = self._loaded.files.get(self._loaded.model.archive)
        if archive is not None and self._unpacked is None:
            self._unpacked = mkdtemp(prefix="bramka-model-")
            weakref.finalize(self, shutil.rmtree, self._unpacked, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(archive)) as packed:
                packed.extractall(self._unpacked)
        return self._unpacked or ""

    def _with_folder(self) -> Loaded:
        """What the process is told; what it has as files, it is not told again."""
        loaded, folder = self._loaded, self._folder()
        files = {
            name: each if name != loaded.model.archive else b""
            for name, each in loaded.files.items()
        }
        return replace(loaded, folder=folder, files=files) if folder else loaded

    def _say(self, process: Process, content: bytes) -> None:
        process.given.write(LENGTH.pack(len(content)) + content)
        process.given.flush()

    def _ask(self, message: Message, seconds: float) -> Answered:
        process = self._process
        assert process is not None
        try:
            self._say(process, msgspec.msgpack.encode(message))
            answer = self._answer(process, seconds)
        except (BrokenPipeError, EOFError):
            # It may live on and have closed its end only: nobody waits for that.
            self.close()
            status = process.status()
            reason = f"its process ended with status {status}"
            ended = _Ended(reason, model=self._name)
            ended.bereft = process.bereft
            raise ended from None
        except BaseException:
            self.close()
            raise
        if answer.error:
            raise self._broken(answer.error)
        return answer

    def _answer(self, process: Process, seconds: float) -> Answered:
        source, deadline = process.answers.fileno(), self._clock.monotonic() + seconds
        [length] = LENGTH.unpack(self._read(source, LENGTH.size, deadline))
        if length > LONGEST_ANSWER:
            raise self._broken(f"its answer is longer than {LONGEST_ANSWER} bytes")
        content = self._read(source, length, deadline)
        try:
            return msgspec.msgpack.decode(content, type=Answered)
        except msgspec.MsgspecError:
            raise self._broken("it gave something else than an answer") from None

    def _read(self, source: int, length: int, deadline: float) -> bytes:
        found = bytearray()
        while len(found) < length:
            left = deadline - self._clock.monotonic()
            if left <= 0 or not select.select([source], [], [], left)[0]:
                raise self._broken("it took too long and was ended")
            piece = os.read(source, min(PIECE, length - len(found)))
            if not piece:
                raise EOFError
            found += piece
        return bytes(found)

    def _broken(self, reason: str) -> Broken:
        return Broken(reason, model=self._name)


class ScorerFunction:
    """A published model of somebody's own, as a service calls it."""

    waits = True
    """Calls go to another process: never on the event loop."""

    def __init__(
        self,
        definition: Definition,
        scorer: Scorer,
        *,
        row_wise: bool = True,
        together: bool = False,
    ) -> None:
        self.definition = definition
        self.row_wise = row_wise
        self.together = together
        """Whether a row among others gives the bits that it gives alone."""
        self.scorer = scorer

    def __repr__(self) -> str:
        return f"<ScorerFunction: {self.definition.name}>"

    def __del__(self) -> None:
        self.scorer.close()

    def warm(self) -> None:
        """Start the process; what it cannot load, the first call tells."""
        with suppress(ModuleError):
            self.scorer.warm()

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        del parameters
        [port] = self.definition.inputs
        [output] = self.definition.outputs
        given = inputs[port.name]
        names = [column.name for column in port.columns]
        if not given.height:
            return {output.name: Table.empty(output.columns)}
        return {output.name: self.scorer.score(given.select(names))}
