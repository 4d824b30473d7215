"""Give an untrained regressor: trees that correct each other's errors.

Trained as scikit-learn's histogram gradient booster. Numbers may be missing: each
question of a tree learns where such rows go.

    {
      "inputs": {},
      "parameters": {"Learning rate": "0.1"},
      "outputs": {
        "Untrained model": {
          "module": "Boosted Decision Tree Regression",
          "parameters": {"Learning rate": "0.1"}
        }
      }
    }
"""

from bramka.catalogue._boosting import BoostingSettings, boosting_options
from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._libraries import ensemble
from bramka.catalogue._trees import Boosted


def train(sample: Sample, settings: BoostingSettings) -> object:
    estimator = ensemble.HistGradientBoostingRegressor(
        **boosting_options(settings, sample.seed)
    )
    return estimator.fit(sample.rows, sample.targets)


MODULE = learner_module(
    Learner(task="regression", train=train, ready=Boosted.of, gaps=True),
    name="Boosted Decision Tree Regression",
    family="0207d2526c414c7784c373bdf1ac5960",
    category="Regression",
    settings=BoostingSettings,
)
