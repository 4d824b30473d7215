"""Give an untrained classifier of many classes: trees that vote.

Trained as scikit-learn's random forest; a vote is the share of each class in a leaf.
Numbers may be missing.

    {
      "inputs": {},
      "parameters": {"Number of decision trees": "16"},
      "outputs": {
        "Untrained model": {
          "module": "Multiclass Decision Forest",
          "parameters": {"Number of decision trees": "16"}
        }
      }
    }
"""

from bramka.catalogue._forests import ForestSettings, train_forest
from bramka.catalogue._learning import Learner, learner_module
from bramka.catalogue._trees import VotingForest

MODULE = learner_module(
    Learner(
        task="multiclass", train=train_forest, ready=VotingForest.of_many, gaps=True
    ),
    name="Multiclass Decision Forest",
    family="5e70108d2e4445d986e894f37c68fe86",
    category="Classification",
    settings=ForestSettings,
)
