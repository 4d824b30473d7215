"""Give an untrained classifier of two classes: small graphs of questions that vote.

No library trains decision jungles, whose paths join again. Trained as scikit-learn's
random forest whose trees have at most as many leaves as a graph may be wide.

    {
      "inputs": {},
      "parameters": {"Number of decision DAGs": "16"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Decision Jungle",
          "parameters": {"Number of decision DAGs": "16"}
        }
      }
    }
"""

from bramka.catalogue._forests import JungleSettings, train_jungle
from bramka.catalogue._learning import Learner, learner_module
from bramka.catalogue._trees import VotingForest

MODULE = learner_module(
    Learner(task="binary", train=train_jungle, ready=VotingForest.of_two, gaps=True),
    name="Two-Class Decision Jungle",
    family="563cdba2de6c4082b8f818f56ffa147c",
    category="Classification",
    settings=JungleSettings,
)
