"""Give an untrained classifier of many classes: small graphs of questions that vote.

No library trains decision jungles, whose paths join again. Trained as scikit-learn's
random forest whose trees have at most as many leaves as a graph may be wide.

    {
      "inputs": {},
      "parameters": {"Number of decision DAGs": "16"},
      "outputs": {
        "Untrained model": {
          "module": "Multiclass Decision Jungle",
          "parameters": {"Number of decision DAGs": "16"}
        }
      }
    }
"""

from bramka.catalogue._forests import JungleSettings, train_jungle
from bramka.catalogue._learning import Learner, learner_module
from bramka.catalogue._trees import VotingForest

MODULE = learner_module(
    Learner(
        task="multiclass", train=train_jungle, ready=VotingForest.of_many, gaps=True
    ),
    name="Multiclass Decision Jungle",
    family="5780aca0de564e839db006e97d03eb4e",
    category="Classification",
    settings=JungleSettings,
)
