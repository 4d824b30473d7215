"""Give an untrained regressor: trees each leaf of which is a normal distribution.

Trained as scikit-learn's random forest. The scores are mean and standard deviation of
the leaves' distributions taken together. Numbers may be missing.

    {
      "inputs": {},
      "parameters": {"Number of decision trees": "16"},
      "outputs": {
        "Untrained model": {
          "module": "Decision Forest Regression",
          "parameters": {"Number of decision trees": "16"}
        }
      }
    }
"""

from bramka.catalogue._forests import ForestSettings, forest_options
from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._libraries import ensemble
from bramka.catalogue._trees import GaussianForest, as_singles


def train(sample: Sample, settings: ForestSettings) -> object:
    estimator = ensemble.RandomForestRegressor(**forest_options(sample, settings))
    return estimator.fit(as_singles(sample.rows), sample.targets)


MODULE = learner_module(
    Learner(task="gaussian", train=train, ready=GaussianForest.of, gaps=True),
    name="Decision Forest Regression",
    family="562988b2e7404e3a8131358391bad755",
    category="Regression",
    settings=ForestSettings,
)
