"""Calls that arrive together are scored as one table, and answered each by itself.

A batch goes out when the model is free, and is full or its oldest call has waited long
enough; while the model is busy calls gather. What fails a batch is told to the calls
that fail alone: a batch that fails is scored again in halves.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import NamedTuple

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.small_table import SmallTable, small_of
from bramka.domain.learning.table import Table
from bramka.scoring.batching import Batches
from bramka.scoring.parameters import ParameterValue
from bramka.scoring.tally import Tally
from bramka.wire.message import Answer

Inputs = Mapping[str, SmallTable]
Outputs = Mapping[str, Table | SmallTable]
Score = Callable[[Inputs, Mapping[str, ParameterValue]], Outputs]


class Asked(NamedTuple):
    """A call that was read: what is to be scored, and how the outcome is told."""

    inputs: Inputs
    parameters: Mapping[str, ParameterValue]
    write: Callable[[Outputs], Answer]

    @property
    def rows(self) -> int:
        return max((table.height for table in self.inputs.values()), default=0)


class _Waiting(NamedTuple):
    """A call in a queue, and where its answer goes."""

    asked: Asked
    answer: "asyncio.Future[Answer]"


class Joining:
    """The queue of one deployment; its methods are called on the event loop."""

    def __init__(self, batches: Batches, tally: Tally) -> None:
        self._batches, self._tally = batches, tally
        self._queue: deque[_Waiting] = deque()
        self._busy = False
        self._timer: asyncio.Handle | None = None

    def __repr__(self) -> str:
        return f"<Joining: {len(self._queue)} calls wait>"

    def takes(self, asked: Asked) -> bool:
        """Whether a call has few enough rows to share a batch."""
        return 0 < asked.rows < self._batches.rows

    def answer(
        self, asked: Asked, score: Score, threads: Executor
    ) -> "asyncio.Future[Answer]":
        """The answer to a call, once its batch was scored."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(asked, loop.create_future())
        self._queue.append(waiting)
        if self._busy:
            return waiting.answer
        if sum(each.asked.rows for each in self._queue) >= self._batches.rows:
            self._go(score, threads)
        elif self._timer is None:
            # Without a wait: calls that were read in the same turn of the loop.
            go = partial(self._go, score, threads)
            wait = self._batches.wait
            self._timer = loop.call_later(wait, go) if wait else loop.call_soon(go)
        return waiting.answer

    def _go(self, score: Score, threads: Executor) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch = self._next()
        if not batch:
            return
        self._busy = True
        self._tally.joined(len(batch))
        done = asyncio.wrap_future(threads.submit(_answered, batch, score))
        done.add_done_callback(partial(self._told, batch, score, threads))

    def _next(self) -> list[_Waiting]:
        """The oldest calls that fit into one table; parameters are those of the first.

        Those whose callers have gone are left out.
        """
        batch: list[_Waiting] = []
        others: deque[_Waiting] = deque()
        rows = 0
        for each in self._queue:
            same = not batch or each.asked.parameters == batch[0].asked.parameters
            if each.answer.done():
                continue
            if same and rows + each.asked.rows <= self._batches.rows:
                batch.append(each)
                rows += each.asked.rows
            else:
                others.append(each)
        self._queue = others
        return batch

    def _told(
        self,
        batch: Sequence[_Waiting],
        score: Score,
        threads: Executor,
        done: "asyncio.Future[list[Answer | Exception]]",
    ) -> None:
        self._busy = False
        if done.cancelled():  # The process ends.
            for each in batch:
                each.answer.cancel()
            return
        for waiting, answer in zip(batch, done.result(), strict=True):
            if waiting.answer.done():
                continue
            if isinstance(answer, Exception):
                waiting.answer.set_exception(answer)
            else:
                waiting.answer.set_result(answer)
        # They have waited while the model was busy.
        self._go(score, threads)


def _answered(batch: Sequence[_Waiting], score: Score) -> list[Answer | Exception]:
    """The answer to each call; in a thread."""
    calls = [each.asked for each in batch]
    try:
        shares = shared(calls, score)
    except Exception as error:
        # Whoever has gone need not be scored again.
        if len(batch) == 1 or all(each.answer.done() for each in batch):
            return [error] * len(batch)
        half = len(batch) // 2
        return _answered(batch[:half], score) + _answered(batch[half:], score)
    return [_written(asked, share) for asked, share in zip(calls, shares, strict=True)]


def _written(asked: Asked, share: Outputs) -> Answer | Exception:
    try:
        return asked.write(share)
    except Exception as error:
        return error


def shared(calls: Sequence[Asked], score: Score) -> list[Outputs]:
    """Score the rows of all calls as one table; each call's share of the outcome."""
    if len(calls) == 1:
        return [score(calls[0].inputs, calls[0].parameters)]
    [(name, first)] = calls[0].inputs.items()
    tables = [call.inputs[name] for call in calls]
    outputs = score({name: _joined(first, tables)}, calls[0].parameters)
    small = {
        port: small_of(output) if isinstance(output, Table) else output
        for port, output in outputs.items()
    }
    total = sum(table.height for table in tables)
    strange = [port for port, output in small.items() if output.height != total]
    if strange:
        raise ValueError(f"output '{strange[0]}' has another number of rows")
    shares, start = [], 0
    for table in tables:
        end = start + table.height
        shares.append({port: _cut(each, start, end) for port, each in small.items()})
        start = end
    return list(shares)


def _joined(first: SmallTable, tables: Sequence[SmallTable]) -> SmallTable:
    cells: list[list[Cell]] = [
        [cell for table in tables for cell in table.cells[place]]
        for place in range(len(first.columns))
    ]
    return SmallTable(first.columns, cells, sum(table.height for table in tables))


def _cut(table: SmallTable, start: int, end: int) -> SmallTable:
    cells = [cells[start:end] for cells in table.cells]
    return SmallTable(table.columns, cells, end - start)
