"""What changed in the file of quotas since it was told last.

Looking costs the calls nothing: the file is compared with what it was.
"""

from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path

from bramka.domain.traffic.quota_counter import QuotaCount, QuotaSetting
from bramka.gateway.ledger import MAGIC, SLOT

MOST_TOLD = 1_000
_BLOCK = 128 * SLOT.size


class LedgerNews:
    """Counters that were not told yet as they are now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = bytearray()

    def look(
        self, settings: Mapping[str, QuotaSetting], most: int = MOST_TOLD
    ) -> list[tuple[int, bytes, QuotaCount]]:
        """Some of what is new: where it lies, what lies there, and what it means."""
        try:
            content = self._path.read_bytes()[len(MAGIC) :]
        except OSError:
            return []
        news = []
        for offset in self._changed(content):
            slot = content[offset : offset + SLOT.size]
            if not any(slot[:16]):
                break
            count = _count(slot, settings)
            # Of a slot that is just being made there is nothing to tell yet.
            if isfinite(count.start):
                news.append((offset, slot, count))
            if len(news) >= most:
                break
        return news

    def told(self, news: list[tuple[int, bytes, QuotaCount]]) -> None:
        """These need not be told again."""
        for offset, slot, _ in news:
            lacking = offset + SLOT.size - len(self._told)
            self._told.extend(bytes(max(0, lacking)))
            self._told[offset : offset + SLOT.size] = slot

    def _changed(self, content: bytes) -> Iterator[int]:
        told = self._told
        for block in range(0, len(content), _BLOCK):
            end = min(block + _BLOCK, len(content) - SLOT.size + 1)
            if content[block : block + _BLOCK] == told[block : block + _BLOCK]:
                continue
            for offset in range(block, end, SLOT.size):
                after = offset + SLOT.size
                if content[offset:after] != told[offset:after]:
                    yield offset

    def __repr__(self) -> str:
        return f"<LedgerNews: {self._path}>"


def _count(slot: bytes, settings: Mapping[str, QuotaSetting]) -> QuotaCount:
    digest, start, calls, size, number, period = SLOT.unpack(slot)
    setting = settings.get(digest.hex())
    # A number tells nothing in another period: there no gateway was told of it.
    holds = setting is not None and setting.start == start
    return QuotaCount(
        id=digest.hex(),
        start=start,
        number=number if holds else 0,
        calls=calls,
        size=size,
        until=start + period if period else None,
    )
