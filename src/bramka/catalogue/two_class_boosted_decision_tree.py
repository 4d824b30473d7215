"""Give an untrained classifier of two classes: trees that correct each other's errors.

Trained as scikit-learn's histogram gradient booster. Numbers may be missing: each
question of a tree learns where such rows go.

    {
      "inputs": {},
      "parameters": {"Number of trees constructed": "50"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Boosted Decision Tree",
          "parameters": {"Number of trees constructed": "50"}
        }
      }
    }
"""

from bramka.catalogue._boosting import BoostingSettings, boosting_options
from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._libraries import ensemble
from bramka.catalogue._trees import Boosted


def train(sample: Sample, settings: BoostingSettings) -> object:
    estimator = ensemble.HistGradientBoostingClassifier(
        **boosting_options(settings, sample.seed)
    )
    return estimator.fit(sample.rows, sample.targets)


MODULE = learner_module(
    Learner(task="binary", train=train, ready=Boosted.of, gaps=True),
    name="Two-Class Boosted Decision Tree",
    family="e3c522f853d948298ea45c6a6b75330c",
    category="Classification",
    settings=BoostingSettings,
)
