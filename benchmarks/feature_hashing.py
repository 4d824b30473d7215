"""Feature hashing in rows a second on one core, beside three other ways to do it.

`python -m benchmarks.feature_hashing [--quick] [--bits 10]` hashes reviews of 80 words
with word pairs into 2^bits counts, all contenders in turn in each round, and appends
a line to results/feature_hashing.jsonl.
"""

import argparse
import json
import os
import random
import statistics
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import mmh3
from msgspec import Struct
from sklearn.feature_extraction.text import HashingVectorizer
from vowpalwabbit import Workspace

from benchmarks.machine import machine
from benchmarks.measure import median_ratio
from bramka.domain.learning.text_hashing import Hashing

RESULTS = Path(__file__).parent / "results" / "feature_hashing.jsonl"
WORDS = 80
VOCABULARY = 30_000
NGRAMS = 2
AIM = 3.0
"""So many times HashingVectorizer's rows a second is the aim."""

OURS = "bramka, sparse"
YARDSTICK = "HashingVectorizer"


class Plan(Struct, frozen=True):
    """How much is hashed, and how often."""

    rows: int
    rounds: int
    bits: int


def main() -> int:
    """Race, print, note; 0 even when the aim is missed, for machines differ."""
    plan = _plan(sys.argv[1:])
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    texts = reviews(plan.rows)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"| {text}\n" for text in texts)
        file.flush()
        contenders = _contenders(texts, plan.bits, file.name)
        rates = race(contenders, plan)
    about = machine()
    _print_table(rates, plan, about)
    _append_line(rates, plan, about)
    return 0


def reviews(rows: int) -> list[str]:
    """Texts of 80 words drawn as in real text: few words often, most seldom."""
    draw = random.Random(2012)
    letters = string.ascii_lowercase
    words = [
        "".join(draw.choices(letters, k=draw.randint(2, 10)))
        + draw.choice(("", "", ","))
        for _ in range(VOCABULARY)
    ]
    weights = [1 / (rank + 1) for rank in range(VOCABULARY)]
    return [" ".join(draw.choices(words, weights, k=WORDS)) for _ in range(rows)]


def race(
    contenders: Mapping[str, Callable[[], object]], plan: Plan
) -> dict[str, list[float]]:
    """Rows a second of CPU time, round by round; the first round warms up."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(plan.rounds + 1):
        for name, work in contenders.items():
            before = time.process_time()
            work()
            spent = time.process_time() - before
            if number:
                rates[name].append(plan.rows / spent)
    return rates


def naive(texts: Sequence[str], bits: int) -> list[Counter[int]]:
    """What a first attempt in plain Python looks like."""
    mask, rows = (1 << bits) - 1, []
    for text in texts:
        hashes = [mmh3.hash(word, signed=False) for word in text.split()]
        counts = Counter(number & mask for number in hashes)
        for one, two in pairwise(hashes):
            counts[(one * 27942141 + two) & mask] += 1
        rows.append(counts)
    return rows


def _contenders(
    texts: Sequence[str], bits: int, file: str
) -> dict[str, Callable[[], object]]:
    hashing = Hashing(bits, NGRAMS)
    vectorizer = HashingVectorizer(
        n_features=1 << bits,
        ngram_range=(1, NGRAMS),
        alternate_sign=False,
        norm=None,
        lowercase=False,
        token_pattern=r"\S+",
    )
    options = f"-d {file} -b {bits} --ngram {NGRAMS} --noconstant --noop --quiet"

    def encoded() -> list[bytes]:
        return [text.encode() for text in texts]

    found, expected = hashing.sparse(encoded()[:100]), naive(texts[:100], bits)
    assert found.counts.sum() == sum(map(Counter.total, expected))
    contenders: dict[str, Callable[[], object]] = {
        OURS: lambda: hashing.sparse(encoded()),
        YARDSTICK: lambda: vectorizer.transform(texts),
        "mmh3 in a loop": lambda: naive(texts, bits),
        "vowpalwabbit": lambda: Workspace(options).finish(),
    }
    if bits <= 12:
        contenders["bramka, dense"] = lambda: hashing.dense(encoded())
    return contenders


def _print_table(
    rates: Mapping[str, list[float]], plan: Plan, about: Mapping[str, str]
) -> None:
    print(
        f"\nFeature hashing: {plan.rows:,} texts of {WORDS} words, n-grams of up to "
        f"{NGRAMS} words, {plan.bits} bits;\nmedians of {plan.rounds} rounds, rows per "
        "second of CPU on one core"
    )
    print(f"{about['machine']}; load {about['load']}\n")
    line = "{:<20} {:>12} {:>22} {:>16}"
    print(line.format("contender", "rows/s", f"its ÷ {YARDSTICK}", "ours ÷ its"))
    print("-" * 73)
    for name, figures in sorted(rates.items(), key=lambda each: -_middle(each[1])):
        to_yardstick = median_ratio(figures, rates[YARDSTICK])
        ours = median_ratio(rates[OURS], figures)
        rate = f"{_middle(figures):,.0f}"
        print(line.format(name, rate, f"{to_yardstick:.2f}", f"{ours:.2f}"))
    reached = median_ratio(rates[OURS], rates[YARDSTICK])
    print(f"\nAim: {AIM:g} times {YARDSTICK}. Reached: {reached:.2f} times.")


def _append_line(
    rates: Mapping[str, list[float]], plan: Plan, about: Mapping[str, str]
) -> None:
    line = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "rows": plan.rows,
        "words": WORDS,
        "bits": plan.bits,
        "ngrams": NGRAMS,
        "rounds": plan.rounds,
        **about,
        "rows_per_second": {name: round(_middle(each)) for name, each in rates.items()},
        "ours_to_its": {
            name: round(median_ratio(rates[OURS], each), 3)
            for name, each in rates.items()
        },
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")


def _middle(figures: Sequence[float]) -> float:
    return statistics.median(figures)


def _plan(arguments: Sequence[str]) -> Plan:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rows and rounds")
    parser.add_argument("--bits", type=int, default=10, help="2^bits counts (1-31)")
    given = parser.parse_args(arguments)
    rows, rounds = (2_000, 3) if given.quick else (10_000, 7)
    return Plan(rows=rows, rounds=rounds, bits=given.bits)


if __name__ == "__main__":
    sys.exit(main())
