"""The task of the batch race: rows of text, hashed, through a linear model.

Every rival calls `score` on as many texts as it likes at a time; ours has modules.
"""

import csv
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skops import io as skops_io

BITS = 10
TRAINING_ROWS = 2_000
SEED = 7
_WORDS = [f"word{number}" for number in range(4_000)]


def text_of(chance: random.Random) -> str:
    """About 250 bytes; in 2 % of the rows commas, quotes and line breaks."""
    text = " ".join(chance.choices(_WORDS, k=28))
    if chance.random() < 0.02:
        return f'{text}, as "{chance.choice(_WORDS)}" says,\nand {text[:40]}'
    return text


def write_input(path: Path, size: int) -> int:
    """A CSV file of about `size` bytes with a header; how many rows it has."""
    chance = random.Random(SEED)
    rows = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "text"])
        while file.tell() < size:
            lines = [(rows + n, text_of(chance)) for n in range(1_000)]
            writer.writerows(lines)
            rows += len(lines)
    return rows


def training() -> tuple[list[str], list[int]]:
    """Texts and labels to learn from."""
    chance = random.Random(SEED + 1)
    texts = [text_of(chance) for _ in range(TRAINING_ROWS)]
    return texts, [len(text) % 2 for text in texts]


def write_model(path: Path) -> None:
    """The scikit-learn pipeline of the rivals."""
    vectorizer = HashingVectorizer(n_features=1 << BITS, ngram_range=(1, 2))
    model = make_pipeline(vectorizer, LogisticRegression(max_iter=100))
    joblib.dump(model.fit(*training()), path)


def skops_model() -> bytes:
    """The same pipeline over a table of two columns, as it is published."""
    texts, labels = training()
    rows = pd.DataFrame({"id": range(len(texts)), "text": texts})
    vectorizer = HashingVectorizer(n_features=1 << BITS, ngram_range=(1, 2))
    chosen = make_column_transformer((vectorizer, "text"))
    model = make_pipeline(chosen, LogisticRegression(max_iter=100))
    content: bytes = skops_io.dumps(model.fit(rows, labels))
    return content


@cache
def model_at(path: str) -> Any:
    """The pipeline, read once in each process."""
    return joblib.load(path)


def score(path: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """A probability for each text."""
    chances: NDArray[np.float64] = model_at(path).predict_proba(texts)[:, 1]
    return chances
