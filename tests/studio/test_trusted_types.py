"""A skops file may name what holds data, not what runs code."""

import pytest

from bramka.studio.trusted_types import is_trusted


@pytest.mark.parametrize(
    "name",
    [
        "numpy.dtype",
        "numpy.float64",
        "numpy.mean",
        "numpy.random._pickle.RandomState",
        "sklearn.cluster._kmeans._kmeans_single_lloyd",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.feature_selection._univariate_selection.f_classif",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.metrics._classification.accuracy_score",
        "sklearn.tree._tree.Tree",
    ],
)
def test_parts_of_models_are_trusted(name: str) -> None:
    assert is_trusted(name)


@pytest.mark.parametrize(
    "name",
    [
        "builtins.eval",
        "numpy.ctypeslib.load_library",
        "numpy.load",
        "numpy.memmap",
        "numpy.testing._private.utils.runstring",
        "numpy.vectorize",
        "sklearn.datasets._base.load_files",
        "sklearn.datasets._base.urlretrieve",
        "sklearn.metrics._classification.warnings",
        "sklearn.nothing.Here",
        "sklearn.tree._export.StringIO",
        "sklearn.utils._testing.check_output",
        "sklearnx.tree.Tree",
    ],
)
def test_what_leads_to_code_files_or_the_network_is_not(name: str) -> None:
    assert not is_trusted(name)
