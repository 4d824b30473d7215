"""Modules that every experiment passes through, beside what a person writes by hand.

`python -m benchmarks.catalogue [--quick]` normalises, joins, hashes, counts n-grams and
scores, each as a module and with polars or scikit-learn called directly on the same
table, in turns on one core, and appends a line to results/catalogue.jsonl.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

from benchmarks.feature_hashing import reviews
from benchmarks.machine import machine
from benchmarks.measure import median_ratio
from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Ports
from bramka.domain.learning.table import NUMBERS, Table
from bramka.studio.stand_ins import adult_census_income

RESULTS = Path(__file__).parent / "results" / "catalogue.jsonl"
AIM = 1.3
"""At most so many times what the library takes by itself."""

LABEL = "income"
Work = Callable[[], object]


class Plan(Struct, frozen=True):
    """How many rows there are, and how often each thing is done."""

    rows: int
    texts: int
    single: int
    rounds: int


class Pair(Struct, frozen=True):
    """One module and the same by hand, for so many rows each."""

    name: str
    rows: tuple[int, int]
    ours: Work
    direct: Work


def main() -> int:
    """Race, print, note; 0 even when the aim is missed, for machines differ."""
    plan = _plan(sys.argv[1:])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rates = {pair.name: _race(pair, plan.rounds) for pair in _pairs(plan)}
    about = machine()
    _print_table(rates, plan, about)
    _append_line(rates, plan, about)
    return 0


def _race(pair: Pair, rounds: int) -> tuple[list[float], list[float]]:
    """Rows a second of CPU time, ours and by hand; the first round warms up."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for place, work in enumerate((pair.ours, pair.direct)):
            before = time.process_time()
            work()
            spent = time.process_time() - before
            if number:
                found[place].append(pair.rows[place] / spent)
    return found


def _pairs(plan: Plan) -> list[Pair]:
    table = adult_census_income(plan.rows)
    table = Table(table.frame.drop_nulls(), table.columns)
    texts = Table.of(pl.DataFrame({"text": reviews(plan.texts)}))
    return [
        _normalise(table),
        _join(table),
        _hash(texts),
        *_ngrams(texts),
        *_score(table, plan.single),
    ]


def _normalise(table: Table) -> Pair:
    names = [column.name for column in table.columns if column.type in NUMBERS]
    ours = _module("Normalize Data", {"Transformation method": "MinMax"})

    def direct() -> pl.DataFrame:
        low = table.frame.select(names).min().row(0)
        high = table.frame.select(names).max().row(0)
        return table.frame.with_columns(
            (pl.col(name) - least) / (most - least)
            for name, least, most in zip(names, low, high, strict=True)
        )

    return Pair(
        "Normalize Data ÷ polars",
        (table.height, table.height),
        lambda: ours({"Dataset": table}),
        direct,
    )


def _join(table: Table) -> Pair:
    keys = np.arange(table.height)
    left = Table.of(table.frame.with_columns(pl.Series("key", keys)))
    right = Table.of(
        pl.DataFrame({"key": keys[::-1], "more": keys, "text": keys.astype(str)})
    )
    on = ColumnSelector.of_names("key").stored()
    ours = _module(
        "Join Data", {"Join key columns for L": on, "Join key columns for R": on}
    )
    return Pair(
        "Join Data ÷ polars",
        (table.height, table.height),
        lambda: ours({"Dataset1": left, "Dataset2": right}),
        lambda: left.frame.join(
            right.frame, on="key", how="inner", maintain_order="left", coalesce=False
        ),
    )


def _hash(texts: Table) -> Pair:
    ours = _module("Feature Hashing", {"Hashing bitsize": "10", "N-grams": "2"})
    vectorizer = HashingVectorizer(
        n_features=1 << 10,
        ngram_range=(1, 2),
        alternate_sign=False,
        norm=None,
        lowercase=False,
        token_pattern=r"\S+",
    )
    lines = texts.frame["text"].to_list()
    return Pair(
        "Feature Hashing ÷ scikit-learn",
        (texts.height, texts.height),
        lambda: ours({"Dataset": texts}),
        lambda: vectorizer.transform(lines).toarray(),
    )


def _ngrams(texts: Table) -> list[Pair]:
    name = "Extract N-Gram Features from Text"
    if name not in shelf().names:
        return []
    ours = _module(
        name,
        {
            "Text column": ColumnSelector.of_names("text").stored(),
            "N-Grams size": "1",
            "Weighting function": "TF Weight",
            "Normalize n-gram feature vectors": "False",
            "Use filter-based feature selection": "False",
        },
    )
    lines = texts.frame["text"].to_list()
    return [
        Pair(
            f"{name} ÷ scikit-learn",
            (texts.height, texts.height),
            lambda: ours({"Dataset": texts}),
            lambda: (
                CountVectorizer(lowercase=False, token_pattern=r"\S{3,25}", min_df=5)
                .fit_transform(lines)
                .toarray()
            ),
        )
    ]


def _score(table: Table, single: int) -> list[Pair]:
    numbers = [each.name for each in table.columns if each.type in NUMBERS]
    words = [
        each.name
        for each in table.columns
        if each.type == "String" and each.name != LABEL
    ]
    encode = [("words", OneHotEncoder(sparse_output=False), words)]
    raw = ColumnTransformer([*encode, ("numbers", "passthrough", numbers)])
    scaled = ColumnTransformer([*encode, ("numbers", MinMaxScaler(), numbers)])
    trees = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_leaf_nodes=20,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )
    pairs = []
    for name, direct in (
        ("Two-Class Logistic Regression", make_pipeline(scaled, LogisticRegression())),
        ("Two-Class Boosted Decision Tree", make_pipeline(raw, trees)),
    ):
        direct.set_output(transform="default").fit(table.frame, table.frame[LABEL])
        pairs += _scored(name, table, direct, single)
    return pairs


def _scored(name: str, table: Table, direct: Any, single: int) -> list[Pair]:
    """A whole table at once, and row after row as single calls come."""
    train = _module("Train Model", {"Label column": _chosen(LABEL)})
    untrained = _module(name, {})({})["Untrained model"]
    model = train({"Untrained model": untrained, "Dataset": table})["Trained model"]
    score = _module("Score Model", {})
    module = shelf().find("Score Model")
    step = module.apply_row(table.columns, module.settle({}), {"Trained model": model})
    assert step is not None
    apply = step.apply
    rows = table.frame.rows()[:single]
    # By hand a row takes so much longer that a few are enough.
    frames = [table.frame.slice(place, 1) for place in range(single // 50)]
    return [
        Pair(
            f"Score Model, {name} ÷ scikit-learn",
            (table.height, table.height),
            lambda: score({"Trained model": model, "Dataset": table}),
            lambda: direct.predict_proba(table.frame),
        ),
        Pair(
            f"{name}, row by row ÷ scikit-learn",
            (len(rows), len(frames)),
            lambda: [apply(row) for row in rows],
            lambda: [direct.predict_proba(frame) for frame in frames],
        ),
    ]


def _module(name: str, given: Mapping[str, str]) -> Callable[[Ports], Ports]:
    module = shelf().find(name)
    settings = module.settle(given)
    return lambda inputs: module.apply(inputs, settings)


def _chosen(name: str) -> str:
    return ColumnSelector.of_names(name).stored()


def _print_table(
    rates: Mapping[str, tuple[list[float], list[float]]],
    plan: Plan,
    about: Mapping[str, str],
) -> None:
    print(
        f"\nModules beside the same by hand: {plan.rows:,} rows of the census, "
        f"{plan.texts:,} texts;\nmedians of {plan.rounds} rounds, rows per second of "
        "CPU on one core"
    )
    print(f"{about['machine']}; load {about['load']}\n")
    line = "{:<58} {:>12} {:>12} {:>12}"
    print(line.format("module ÷ by hand", "ours", "by hand", "time ratio"))
    print("-" * 97)
    for name, (ours, direct) in rates.items():
        ratio = median_ratio(direct, ours)
        figures = (f"{statistics.median(each):,.0f}" for each in (ours, direct))
        print(line.format(name, *figures, f"{ratio:.2f}"))
    worst = max(median_ratio(direct, ours) for ours, direct in rates.values())
    print(f"\nAim: at most {AIM:g} times. Worst: {worst:.2f} times.")


def _append_line(
    rates: Mapping[str, tuple[list[float], list[float]]],
    plan: Plan,
    about: Mapping[str, str],
) -> None:
    line = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "rows": plan.rows,
        "texts": plan.texts,
        "rounds": plan.rounds,
        **about,
        "rows_per_second": {
            name: [round(statistics.median(each)) for each in both]
            for name, both in rates.items()
        },
        "time_ratio": {
            name: round(median_ratio(direct, ours), 3)
            for name, (ours, direct) in rates.items()
        },
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")


def _plan(arguments: Sequence[str]) -> Plan:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rows and rounds")
    given = parser.parse_args(arguments)
    if given.quick:
        return Plan(rows=5_000, texts=500, single=500, rounds=3)
    return Plan(rows=32_561, texts=3_000, single=1_000, rounds=7)


if __name__ == "__main__":
    sys.exit(main())
