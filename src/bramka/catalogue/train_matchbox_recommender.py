"""Train a recommender on ratings of items by users.

No library trains Matchbox. Trained as a factorisation of ratings with what is peculiar
to users and items, by alternating ridge regressions; features of users and items serve
those nobody has rated.

    {
      "inputs": {
        "Training dataset of user-item-rating triples": {
          "User": ["ann", "ann", "bob", "bob", "cid"],
          "Item": ["tea", "ale", "tea", "ale", "tea"],
          "Rating": [5, 1, 4, 1, 5]
        }
      },
      "parameters": {"Number of traits": "2"},
      "outputs": {
        "Trained Matchbox recommender": {
          "module": "Train Matchbox Recommender",
          "inputs": {
            "Training dataset of user-item-rating triples": {
              "User": ["ann", "ann", "bob", "bob", "cid"],
              "Item": ["tea", "ale", "tea", "ale", "tea"],
              "Rating": [5, 1, 4, 1, 5]
            }
          },
          "parameters": {"Number of traits": "2"}
        }
      }
    }
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._learning import training
from bramka.catalogue._recommender import fit_recommender
from bramka.catalogue._state import state_bytes
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

FAMILY = "e55e28415bc13b1c40ee46b125cd7f07"
TRIPLES = "Training dataset of user-item-rating triples"
USERS = "Training dataset of user features"
ITEMS = "Training dataset of item features"


class Settings(Struct, frozen=True, kw_only=True):
    """How much is learnt of each user and item."""

    traits: Annotated[
        int, Meta(ge=0, le=1000, description="How many traits each one has.")
    ] = field(name="Number of traits", default=10)
    rounds: Annotated[
        int, Meta(ge=1, description="How often all traits are solved anew.")
    ] = field(name="Number of recommendation algorithm iterations", default=5)
    batches: Annotated[
        int,
        Meta(
            ge=1,
            description="Kept for old experiments; all ratings are solved at once.",
        ),
    ] = field(name="Number of training batches", default=4)


def run(inputs: Ports, settings: Settings) -> Ports:
    triples = table_on(inputs, TRIPLES)
    features = (_features(inputs, USERS), _features(inputs, ITEMS))
    with training():
        model = fit_recommender(triples, features, settings.traits, settings.rounds)
    learnt = Learnt(type="ILearner", family=FAMILY, settings=stored(settings))
    return {
        "Trained Matchbox recommender": learnt.taught(
            state_bytes(model.stored()), triples.columns
        )
    }


def _features(inputs: Ports, port: str) -> Table | None:
    return table_on(inputs, port) if inputs.get(port) is not None else None


MODULE = Module(
    name="Train Matchbox Recommender",
    family=FAMILY,
    category="Machine Learning / Train",
    settings=Settings,
    inputs=(
        ModulePort(TRIPLES),
        ModulePort(USERS, optional=True),
        ModulePort(ITEMS, optional=True),
    ),
    outputs=(ModulePort("Trained Matchbox recommender", "ILearner"),),
    run=run,
)
