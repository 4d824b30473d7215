"""Windows, tallies and quotas that many nodes share, in Redis or Valkey.

What calls demand during one turn of the loop is sent as one batch to one script, which
decides on the store's clock. While the store is away each gateway admits its share of
a limit, or none, as the policy or else the settings say, and tries again with growing
pauses.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import msgpack

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.demand import Demands, QuotaDemand, Verdict
from bramka.gateway.allowances_share import Share
from bramka.gateway.limit_batch import write_batch, write_owed
from bramka.gateway.limit_peers import BEAT, PROBE, Peers
from bramka.gateway.limit_script import SCRIPT, TIMEOUT, RunScript, StoreAway

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
RETURN_SECONDS = 0.2
"""How often one says that it is back, until all are."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
AWAY = "the store of limits does not answer."
MOST_IN_A_BATCH = 500
"""Calls decided in one script; others of the store's clients wait meanwhile."""


@dataclass(slots=True, eq=False)
class _Asked:
    """What one call wants, and who waits for the verdicts."""

    wishes: Sequence[Demands]
    verdicts: "asyncio.Future[list[Verdict]] | None"
    """None when it is spent whatever the limits say."""


class RemoteAllowances:
    """All limits of a gateway among many nodes."""

    def __init__(
        self,
        run: RunScript,
        *,
        name: str,
        share: Share,
        clock: Clock,
        chance: Chance,
        refuses_when_away: bool = False,
        prefix: str = "bramka",
    ) -> None:
        self._run = run
        self._name = name
        self._clock = clock
        self._chance = chance
        self._refuses = refuses_when_away
        self._prefix = prefix
        self._key = f"{{{prefix}}}:gateways"
        self._queue: list[_Asked] = []
        self._draining: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._share = share
        # Who owes asks only after it has paid.
        self._pause = SHORTEST_PAUSE if share.owes else 0.0
        """Seconds until the store is tried again; 0.0 while it answers."""
        self._peers = Peers(share, name, clock)
        self._settling = False
        """What is asked now waits until everything is told: it is a moment."""

    @property
    def gateways(self) -> int:
        """How many live, this one among them, when the store was asked last."""
        return self._peers.number

    @property
    def is_away(self) -> bool:
        """Whether the store does not answer now."""
        return bool(self._pause)

    # --- what steps do ---

    async def take(self, wishes: list[Demands]) -> list[Verdict]:
        """Meet one policy's demands after the other's, as long as all are met."""
        if self._pause and not self._settling:
            return self._surely(wishes)
        future = asyncio.get_running_loop().create_future()
        self._ask(_Asked(wishes, future))
        verdicts: list[Verdict] = await future
        return verdicts

    def spend(self, demands: Demands) -> None:
        """Count what is spent, whether it fits or not; nobody waits for it."""
        if self._pause and not self._settling:
            self._spend_here([demands])
        else:
            self._ask(_Asked([demands], None))

    def _ask(self, asked: _Asked) -> None:
        self._queue.append(asked)
        self._drain_soon()

    def _drain_soon(self) -> None:
        if self._queue and self._draining is None and not self._settling:
            # It begins with the next turn of the loop: then all of this one are here.
            loop = asyncio.get_running_loop()
            self._draining = loop.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._queue and not self._settling:
                batch = self._queue[:MOST_IN_A_BATCH]
                del self._queue[:MOST_IN_A_BATCH]
                try:
                    await self._decide(batch)
                except Exception:
                    # Whoever waits must be told something, whatever went wrong.
                    log.exception("a batch of limits could not be decided")
                    self._decide_here(batch)
        finally:
            self._draining = None

    async def _decide(self, batch: list[_Asked]) -> None:
        if not self._pause:
            calls = [(one.verdicts is None, one.wishes) for one in batch]
            keys, argument = write_batch(calls, self._prefix)
            try:
                answer = await self._run(SCRIPT, keys, argument)
            except StoreAway as error:
                self._lose(str(error))
            else:
                assert isinstance(answer, bytes), "the script packs its answer"
                self._tell(batch, answer)
                return
        self._decide_here(batch)

    def _decide_here(self, batch: list[_Asked]) -> None:
        for asked in batch:
            if asked.verdicts is None:
                self._spend_here(asked.wishes)
            elif not asked.verdicts.done():
                asked.verdicts.set_result(self._surely(asked.wishes))

    def _spend_here(self, wishes: Sequence[Demands]) -> None:
        now, timestamp = self._clock.monotonic(), self._clock.now()
        try:
            for demands in wishes:
                self._share.spend(demands, now, timestamp)
        except Exception:
            log.exception("what was spent could not be counted")

    def _surely(self, wishes: Sequence[Demands]) -> list[Verdict]:
        """Verdicts, whatever goes wrong: a full disk, say."""
        try:
            return self._without_store(wishes)
        except Exception:
            log.exception("limits could not be counted here either, they refuse")
            return [Verdict(away=AWAY)]

    def _tell(self, batch: list[_Asked], answer: bytes) -> None:
        answers = msgpack.decode(answer, type=list[list[list[float]]])
        for asked, found in zip(batch, answers, strict=True):
            if asked.verdicts is None or asked.verdicts.done():
                continue
            pairs = zip(asked.wishes, found, strict=False)
            asked.verdicts.set_result([self._read(*pair) for pair in pairs])

    def _read(self, demands: Demands, numbers: list[float]) -> Verdict:
        wait, refused, by_size, at = numbers[:4]
        rest = iter(numbers[4:])
        left: list[float] = []
        for demand in demands:
            if isinstance(demand, QuotaDemand):
                calls, size = _endless(next(rest)), _endless(next(rest))
                self._note(demand, calls, size, at / 1e6)
                if demand.tells:
                    left.append(calls)
            elif demand.tells:
                left.append(next(rest))
        seconds = wait / 1e6 if wait >= 0 else math.inf
        return Verdict(seconds, int(refused) - 1, bool(by_size), tuple(left), at / 1e6)

    def _note(self, demand: QuotaDemand, calls: float, size: float, at: float) -> None:
        try:
            self._share.note(demand, calls, size, at)
        except OSError as error:
            log.error("what is left of quotas is not kept: %s", error)

    # --- while the store is away ---

    def _without_store(self, wishes: Sequence[Demands]) -> list[Verdict]:
        now, timestamp = self._clock.monotonic(), self._clock.now()
        verdicts: list[Verdict] = []
        for demands in wishes:
            if self._refused_by(demands):
                return [*verdicts, Verdict(away=AWAY)]
            verdict = self._share.take(demands, now, timestamp, self.gateways)
            verdicts.append(verdict)
            if verdict.wait > 0.0:
                break
        return verdicts

    def _refused_by(self, demands: Demands) -> bool:
        """Whether a policy that demands this is to refuse now."""
        return any(
            self._refuses if one.refuses is None else one.refuses for one in demands
        )

    def _lose(self, reason: str) -> None:
        if not self._pause:
            does = "refused" if self._refuses else f"shared by {self.gateways}"
            log.error(
                "the store of limits is away, limits are %s, unless"
                " their policies say otherwise: %s",
                does,
                reason,
            )
            self._pause = SHORTEST_PAUSE
            self._beat_soon()

    async def _settle(self) -> None:
        """Tell what is owed. It stays so until the store has counted it."""
        owed = self._share.owed(self._clock.now())
        for begin in range(0, len(owed), MOST_IN_A_BATCH):
            part = owed[begin : begin + MOST_IN_A_BATCH]
            await self._run(SCRIPT, *write_owed(part, self._prefix))
            self._share.paid(part)

    # --- heartbeat ---

    def start(self) -> None:
        """Begin to tell the store that this gateway lives."""
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    def _beat_soon(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
        self._beating = asyncio.get_running_loop().create_task(self._try_again())

    async def _try_again(self) -> None:
        await asyncio.sleep(self._pause)
        await self._beat()

    async def _beat(self) -> None:
        while True:
            try:
                await self._beat_once()
            except StoreAway as error:
                if not self._pause:
                    log.error("the store of limits is away: %s", error)
                await self._wait_longer()
            except Exception:
                # A heart that stops would leave the store away for ever.
                log.exception("the store of limits could not be told what it must")
                await self._wait_longer()
            else:
                await asyncio.sleep(BEAT_SECONDS)

    async def _wait_longer(self) -> None:
        self._peers.lose()
        self._pause = min(LONGEST_PAUSE, 2 * self._pause or SHORTEST_PAUSE)
        await asyncio.sleep(self._pause * (0.5 + self._chance.random()))

    async def _beat_once(self) -> None:
        if not self._pause:
            self._peers.note(await self._said())
            return
        await self._run(PROBE, [self._key], b"")
        while self._pause:
            self._settling = True
            try:
                if self._share.owes:
                    await self._settle()
                if self._peers.all_back(await self._said()):
                    log.info("the store of limits is back")
                    self._share.settled()
                    self._pause = 0.0
            finally:
                self._settling = False
                self._drain_soon()
            if self._pause:
                await asyncio.sleep(RETURN_SECONDS)

    async def _said(self) -> object:
        return await self._run(BEAT, [self._key], self._name.encode())

    async def stop(self) -> None:
        """Send what is still to be spent, then be silent."""
        if self._draining is not None:
            await asyncio.wait({self._draining}, timeout=2 * TIMEOUT)
        while self._beating is not None and not self._beating.done():
            # One cancellation may be swallowed where another time-out ends just then.
            self._beating.cancel()
            await asyncio.wait({self._beating}, timeout=1.0)
        self._share.close()

    def __repr__(self) -> str:
        state = "away" if self.is_away else "here"
        return f"<RemoteAllowances: {state}, {self.gateways} gateways>"


def _endless(number: float) -> float:
    return math.inf if number < 0 else number
