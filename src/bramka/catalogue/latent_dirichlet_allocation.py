"""Find the topics of texts by latent Dirichlet allocation, as scikit-learn does it.

Words are what stands between blanks, runs of them count as well. The texts of all
chosen columns of a row are one document. The share of each topic stands in columns
Topic 1, Topic 2, …; a document of no known word has all topics alike. The feature topic
matrix tells how likely each word is in each topic (how often, if not normalized).
Chance begins at 0, so runs repeat. Without a dictionary words are told by the number of
their hash.

    {
      "inputs": {"Dataset": {"t": ["cat cat", "dog dog", "cat cat", "dog dog"]}},
      "parameters": {
        "Target column(s)": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["t"], "exclude": false}]
        },
        "Number of topics to model": "1",
        "N-grams": "1"
      },
      "outputs": {
        "Transformed dataset": {
          "t": ["cat cat", "dog dog", "cat cat", "dog dog"],
          "Topic 1": ["approximately", 1.0, 1.0, 1.0, 1.0]
        },
        "Feature topic matrix": {
          "Feature": ["cat", "dog"],
          "Topic 1": ["approximately", 0.5, 0.5]
        },
        "LDA transformation": {
          "applied to": {"t": ["dog", null]},
          "gives": {"t": ["dog", null], "Topic 1": ["approximately", 1.0, 1.0]}
        }
      }
    }
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, unsupported
from bramka.catalogue._libraries import decomposition, text_features
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import Numbers, places_of, transform
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

FAMILY = "1aec5388415d4f7cb33fc9e9f4c0ce56"
DICTIONARY = "Build dictionary of ngrams"
MOST_BITS = 24
_MORE = {"shown_when": ("Show all options", ("True",))}


class Settings(Struct, frozen=True, kw_only=True):
    """What is a document, and how topics are learnt."""

    target: Annotated[ColumnSelector, Meta(description="The columns of texts.")] = (
        field(
            name="Target column(s)",
            default=ColumnSelector.of_types("String", kind="Feature"),
        )
    )
    topics: Annotated[int, Meta(ge=1, le=1000, description="How many topics.")] = field(
        name="Number of topics to model", default=5
    )
    ngrams: Annotated[
        int, Meta(ge=1, le=10, description="The longest run of words counted.")
    ] = field(name="N-grams", default=2)
    normal: Annotated[
        bool, Meta(description="Tell the feature topic matrix as probabilities.")
    ] = field(name="Normalize", default=True)
    more: Annotated[bool, Meta(description="Show what tunes the learning.")] = field(
        name="Show all options", default=False
    )
    rho: Annotated[
        float,
        Meta(ge=1e-5, le=1, description="How evenly topics use words.", extra=_MORE),
    ] = field(name="Rho parameter", default=0.01)
    alpha: Annotated[
        float,
        Meta(
            ge=1e-5, le=1, description="How evenly documents have topics.", extra=_MORE
        ),
    ] = field(name="Alpha parameter", default=0.01)
    documents: Annotated[
        int, Meta(ge=1, description="About how many documents there are.", extra=_MORE)
    ] = field(name="Estimated number of documents", default=1000)
    batch: Annotated[
        int,
        Meta(ge=1, le=1024, description="How many are learnt at once.", extra=_MORE),
    ] = field(name="Size of the batch", default=32)
    started: Annotated[
        int,
        Meta(
            ge=0,
            description="As if so many batches had been learnt.",
            extra={**_MORE, "aliases": ("Initial value of iteration count",)},
        ),
    ] = field(
        name="Initial value of iteration used in learning rate update schedule",
        default=0,
    )
    power: Annotated[
        float,
        Meta(ge=0, le=1, description="How fast later batches count less.", extra=_MORE),
    ] = field(name="Power applied to the iteration during updates", default=0.5)
    passes: Annotated[
        int,
        Meta(
            ge=1,
            le=1024,
            description="How often all are learnt.",
            extra={**_MORE, "aliases": ("passes",)},
        ),
    ] = field(name="Number of training iterations", default=25)
    dictionary: Annotated[
        bool,
        Meta(
            description="Keep words; if not, only their hashes.",
            extra={"aliases": ("Build dictionary of ngrams prior to LDA",)},
        ),
    ] = field(name=DICTIONARY, default=True)
    most: Annotated[
        int,
        Meta(
            ge=1,
            description="The most frequent so many are kept.",
            extra={
                "shown_when": (DICTIONARY, ("True",)),
                "aliases": ("Maximum number of ngrams in dictionary",),
            },
        ),
    ] = field(name="Maximum size of ngram dictionary", default=20_000)
    bits: Annotated[
        int,
        Meta(
            ge=1,
            le=31,
            description="Hashes are less than 2 to this power; above 24 memory is "
            "too small.",
            extra={
                "shown_when": (DICTIONARY, ("False",)),
                "aliases": ("Number of bits to use for feature hashing",),
            },
        ),
    ] = field(name="Number of hash bits", default=12)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = list(dict.fromkeys(settings.target.names(table.columns)))
    documents = _documents(table, names)
    counts, words = _counted(documents, settings)
    model = _untrained(settings).fit(counts)
    # As arrays: a library's own file of many thousand words takes far longer.
    found = {"topics": model.components_, "weights": model.exp_dirichlet_component_}
    state = {"names": names, "words": words, **found}
    learnt = transform(FAMILY, settings, state, table.columns)
    return {
        "Transformed dataset": _told(table, model.transform(counts)),
        "Feature topic matrix": _matrix(model.components_, words, settings),
        "LDA transformation": learnt,
    }


def _untrained(settings: Settings) -> Any:
    return decomposition.LatentDirichletAllocation(
        n_components=settings.topics,
        doc_topic_prior=settings.alpha,
        topic_word_prior=settings.rho,
        learning_method="online",
        total_samples=settings.documents,
        batch_size=settings.batch,
        learning_offset=settings.started + 1.0,
        learning_decay=settings.power,
        max_iter=settings.passes,
        random_state=0,
    )


def _trained(settings: Settings, state: Mapping[str, Any]) -> Any:
    if "model" in state:  # So it used to be saved.
        return state["model"]
    model = _untrained(settings)
    model.components_ = state["topics"]
    model.exp_dirichlet_component_ = state["weights"]
    model.doc_topic_prior_ = settings.alpha
    return model


def use(learnt: Learnt, settings: Settings) -> Use:
    state: Mapping[str, Any] = state_from(learnt.state or b"")
    vectorizer = _vectorizer(settings, state["words"] or None)
    model = _trained(settings, state)

    def apply(table: Table) -> Table:
        documents = _documents(table, state["names"])
        shares = np.empty((table.height, settings.topics))
        if table.height:
            shares = model.transform(vectorizer.transform(documents))
        return _told(table, shares)

    return Use(apply=apply)


def _told(table: Table, shares: Numbers) -> Table:
    """The table, and beside it how much each topic has of a row."""
    wanted = [
        Column(name=f"Topic {topic + 1}", type="Double")
        for topic in range(shares.shape[1])
    ]
    made = called_apart(wanted, table.names)
    series = [
        pl.Series(column.name, each)
        for column, each in zip(made, shares.T, strict=True)
    ]
    return table.append(Table(pl.DataFrame(series), tuple(made)))


def _documents(table: Table, names: Sequence[str]) -> list[str]:
    places_of(names, table.columns)
    for name in names:
        if table.column(name).type != "String":
            raise unsupported(table.column(name))
    texts = [table.series(name).fill_null("").to_list() for name in names]
    return [" ".join(row) for row in zip(*texts, strict=True)]


def _vectorizer(settings: Settings, words: Sequence[str] | None) -> Any:
    runs = {
        "ngram_range": (1, settings.ngrams),
        "token_pattern": r"\S+",
        "lowercase": False,
    }
    if not settings.dictionary:
        if settings.bits > MOST_BITS:
            raise ModuleError(
                138,
                "Memory has been exhausted, unable to complete running of module. "
                f"Hashes of {settings.bits} bits do not fit; take {MOST_BITS} at most.",
            )
        return text_features.HashingVectorizer(
            n_features=1 << settings.bits, alternate_sign=False, norm=None, **runs
        )
    return text_features.CountVectorizer(
        max_features=settings.most, vocabulary=words, **runs
    )


def _counted(documents: list[str], settings: Settings) -> tuple[Any, list[str]]:
    """How often which words are where; no words where only hashes are kept."""
    if not any(document.strip() for document in documents):
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of 1 row(s). "
            "No text has a word.",
        )
    vectorizer = _vectorizer(settings, None)
    counts = vectorizer.fit_transform(documents)
    # Sums come to the same in the order in which words are looked up later.
    counts.sort_indices()
    if not settings.dictionary:
        return counts, []
    return counts, vectorizer.get_feature_names_out().tolist()


def _matrix(components: Any, words: Sequence[str], settings: Settings) -> Table:
    whole = components.sum(axis=1)[:, None] if settings.normal else 1.0
    shares = components / whole
    features = words or [str(number) for number in range(components.shape[1])]
    topics = {f"Topic {number + 1}": each for number, each in enumerate(shares)}
    return Table.of(pl.DataFrame({"Feature": features, **topics}))


MODULE = Module(
    name="Latent Dirichlet Allocation",
    family=FAMILY,
    category="Text Analytics",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Transformed dataset"),
        ModulePort("Feature topic matrix"),
        ModulePort("LDA transformation", "ITransform"),
    ),
    run=run,
    use=use,
)
