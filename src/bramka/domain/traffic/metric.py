"""Metrics: sums that policies keep, by name and dimensions."""

import re
from collections.abc import Iterable

Dimensions = tuple[tuple[str, str], ...]
MOST_SERIES = 10_000
LONGEST_VALUE = 256


class Metrics:
    """The sums of one gateway; a bounded number of them."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str, Dimensions], tuple[float, int]] = {}
        self.dropped = 0
        """Values not added because there were too many sets of dimensions."""

    def add(
        self, namespace: str, name: str, dimensions: Dimensions, value: float
    ) -> None:
        """Add to the sum and the count of one series."""
        cut = tuple((key, text[:LONGEST_VALUE]) for key, text in dimensions)
        key = namespace, name, cut
        if key not in self._series and len(self._series) >= MOST_SERIES:
            self.dropped += 1
            return
        total, count = self._series.get(key, (0.0, 0))
        self._series[key] = total + value, count + 1

    def total(self, namespace: str, name: str, dimensions: Dimensions = ()) -> float:
        """The sum of one series; 0 when nothing was added to it."""
        return self._series.get((namespace, name, dimensions), (0.0, 0))[0]

    def exposition(self) -> str:
        """All of them in the text format that Prometheus reads."""
        families: dict[str, list[str]] = {}
        for (namespace, name, dimensions), (total, count) in self._series.items():
            family = _word("_".join(filter(None, (namespace, name))))
            labels = _labels(dimensions)
            families.setdefault(family, []).extend(
                (f"{family}_sum{labels} {total!r}", f"{family}_count{labels} {count}")
            )
        lines = []
        for family, rows in sorted(families.items()):
            lines += [f"# TYPE {family} summary", *rows]
        lines += [
            "# TYPE bramka_metrics_dropped_total counter",
            f"bramka_metrics_dropped_total {self.dropped}",
        ]
        return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    """`text` as a name that Prometheus allows."""
    word = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"_{word}" if word[:1].isdigit() else word


def _labels(dimensions: Iterable[tuple[str, str]]) -> str:
    pairs = [f'{_word(name)}="{escaped(value)}"' for name, value in dimensions]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def escaped(text: str) -> str:
    """`text` as the value of a label."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
