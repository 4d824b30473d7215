"""Give an untrained classifier of two classes: trees that vote.

Trained as scikit-learn's random forest; a vote is the share of each class in a leaf.
Numbers may be missing.

    {
      "inputs": {},
      "parameters": {"Number of decision trees": "16"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Decision Forest",
          "parameters": {"Number of decision trees": "16"}
        }
      }
    }
"""

from bramka.catalogue._forests import ForestSettings, train_forest
from bramka.catalogue._learning import Learner, learner_module
from bramka.catalogue._trees import VotingForest

MODULE = learner_module(
    Learner(task="binary", train=train_forest, ready=VotingForest.of_two, gaps=True),
    name="Two-Class Decision Forest",
    family="5a7d5466992840c8a19cd5de4882c77e",
    category="Classification",
    settings=ForestSettings,
)
